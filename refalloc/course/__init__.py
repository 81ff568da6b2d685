"""The course around the allocator: lessons and exercises, their checks, hints, progress."""


class CourseError(Exception):
    """Something about the course cannot be done; the message says what happened and what to do."""
