// What the rules of SizeClasses and SlabRuler say: node rules.js < {"spacings", "fits": [[length, alignment]...], "rulers": [[slot, shift]...]}

import { readFileSync } from "node:fs";
import { fit, fitSentence, span, spacingTable, stair } from "../../../refalloc/pictures/static/size_classes.js";
import { rulerSentence, slotTable } from "../../../refalloc/pictures/static/slab_ruler.js";

const { spacings, fits, rulers } = JSON.parse(readFileSync(0, "utf8"));
process.stdout.write(JSON.stringify({
  fits: fits.map(([length, alignment]) => [fitSentence(spacings, length, alignment), spacingTable(spacings, length, alignment)]),
  stairs: fits.map(([length, alignment]) => Object.values(spacings).map((sizes) =>
    stair(sizes, span(length, fit(Object.values(spacings)[0], length, alignment).slot), alignment))),
  rulers: rulers.map(([slot, shift]) => [rulerSentence(65536, slot, shift), slotTable(65536, slot, shift)]),
}));
