/** Small pieces of HTML. */

let lastId = 0;

/** An id that no other element has. */
export function freshId() {
  return `refalloc-${++lastId}`;
}

/**
 * @param {string} tag
 * @param {Record<string, any>} [attributes] `on...` are listeners; a value of false or null is left out
 * @param {(Node | string)[]} children
 * @returns {any} the element
 */
export function element(tag, attributes = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name.startsWith("on")) made.addEventListener(name.slice(2), value);
    else if (value !== false && value !== null) made.setAttribute(name, value === true ? "" : String(value));
  }
  made.append(...children);
  return made;
}

/** Set text only where it changes: a live region speaks, and layout runs, only then. @param {Node} node @param {string} text */
export function setText(node, text) {
  if (node.textContent !== text) node.textContent = text;
}

/**
 * Make `table` show `told`, changing only the cells that differ.
 * @param {HTMLTableElement} table @param {{columns: string[], rows: string[][]}} told
 */
export function fillTable(table, told) {
  if (table.tHead === null) {
    table.createTHead().insertRow();
    table.createTBody();
  }
  fillRow(/** @type {any} */ (table.tHead).rows[0], told.columns, () => element("th", { scope: "col" }));
  const body = table.tBodies[0];
  while (body.rows.length > told.rows.length) body.deleteRow(-1);
  told.rows.forEach((row, index) => {
    const line = body.rows[index] ?? body.insertRow();
    fillRow(line, row, (column) => (column === 0 ? element("th", { scope: "row" }) : element("td")));
  });
}

/** @param {HTMLTableRowElement} line @param {string[]} texts @param {(column: number) => HTMLElement} makeCell */
function fillRow(line, texts, makeCell) {
  while (line.cells.length > texts.length) line.deleteCell(-1);
  texts.forEach((text, column) => {
    if (line.cells[column] === undefined) line.append(makeCell(column));
    setText(line.cells[column], text);
  });
}

/** A table that scrolls sideways where it is too wide, by the keyboard too. @param {HTMLTableElement} table */
export function scrolling(table) {
  return element("div", { class: "rf-scroll", tabindex: 0, role: "group", "aria-label": table.caption?.textContent }, table);
}

/**
 * Tables of a picture's facts, for a screen reader and for who wants to read; filled while they are open.
 * @param {Record<string, () => {columns: string[], rows: string[][]}>} tellers by caption
 */
export function tablesOf(tellers) {
  const made = Object.entries(tellers).map(([caption, tell]) => ({
    tell, table: element("table", { class: "rf-table" }, element("caption", {}, caption)),
  }));
  const fill = () => {
    if (root.open) made.forEach(({ table, tell }) => fillTable(table, tell()));
  };
  const root = element("details", { class: "rf-tables", ontoggle: fill },
    element("summary", {}, "The same as tables"),
    ...made.map(({ table }) => scrolling(table)));
  return { root, fill };
}

/**
 * A labelled choice.
 * @param {string} label @param {[string, string][]} options [value, text] @param {(value: string) => void} onChoice
 */
export function choice(label, options, onChoice) {
  const select = element("select", { onchange: () => onChoice(select.value) },
    ...options.map(([value, text]) => element("option", { value }, text)));
  return { root: element("label", {}, `${label} `, select), select };
}

/** @param {string} text @param {string} label what it does, for a screen reader and as its hint @param {() => void} onPress */
export function button(text, label, onPress) {
  return element("button", { type: "button", title: label, "aria-label": label, onclick: onPress }, text);
}

/** @returns {boolean} whether the reader asked their system for less motion */
export function wantsLessMotion() {
  return matchMedia("(prefers-reduced-motion: reduce)").matches;
}

/**
 * Draw whenever `node` gets another size or comes into sight. JupyterLab gives cells out of sight no room, not even for
 * a change of theme, and what comes back as large as it was is no change of size.
 * @param {Element} node @param {() => void} draw
 * @returns {() => void} stop
 */
export function watchRoom(node, draw) {
  const size = new ResizeObserver(draw);
  const sight = new IntersectionObserver((seen) => {
    if (seen.some(({ isIntersecting }) => isIntersecting)) draw();
  });
  size.observe(node);
  sight.observe(node);
  return () => {
    size.disconnect();
    sight.disconnect();
  };
}

/**
 * Keep plain keys from the notebook, which has meanings of its own for them: arrows change the cell, d twice deletes it.
 * @param {HTMLElement} root
 */
export function keepKeys(root) {
  root.addEventListener("keydown", (event) => {
    if (!event.ctrlKey && !event.metaKey && !event.altKey) event.stopPropagation();
  });
}
