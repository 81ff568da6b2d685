// What story.js says of moments of a recording: node tell.js PACKED < {"moments": [[n, lane, class]...], "names": []}

import { readFileSync } from "node:fs";
import { unpack } from "../../../refalloc/pictures/static/events.js";
import { Timeline } from "../../../refalloc/pictures/static/timeline.js";
import * as story from "../../../refalloc/pictures/static/story.js";

const { moments, names } = JSON.parse(readFileSync(0, "utf8"));
const timeline = new Timeline(await unpack(readFileSync(process.argv[2]), { names }));

/** @param {[number, number, number]} moment */
function tell([n, lane, sizeClass]) {
  timeline.seek(n);
  const slabs = timeline.slabs();
  const slots = timeline.slots(slabs);
  return {
    step: story.step(timeline, slabs, n),
    subject: story.placeOf(timeline, slabs, story.subject(timeline, n)),
    subjectList: Object.values(story.subjectList(timeline, n)),
    heading: n === -1 ? "" : story.heading(timeline, n),
    why: story.why(timeline, n),
    summary: n === -1 ? "" : story.summary(timeline, slabs, slots),
    slabs: story.slabTable(timeline, slabs, slots),
    list: n === -1 ? null : story.listTable(timeline, slabs, lane, sizeClass),
    lanes: n === -1 ? null : story.laneTable(timeline, slabs, sizeClass),
    fields: story.fieldTable(timeline, slabs),
    large: story.largeTable(timeline, slabs),
    slots: slabs.map((slab, s) => Array.from(slots[s].status, (_, i) => i)
      .filter((i) => i % Math.ceil(slots[s].status.length / 40) === 0)
      .map((i) => story.slotSentence(timeline, slabs, slots, s, i))),
  };
}

const told = moments.map(tell);
process.stdout.write(JSON.stringify({ told, marks: timeline.marks }));
