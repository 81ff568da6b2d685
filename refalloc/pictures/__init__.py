"""Pictures. Each shows as PNG, and tells in a sentence what it shows where no picture can be seen."""
