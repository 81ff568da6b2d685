"""What all pictures share: a widget in the browser, a PNG and a sentence where there is none, and a page of its own."""

import base64
import json

import anywidget
import traitlets

from refalloc.pictures.static_files import static_text


class Picture(anywidget.AnyWidget):
    """A widget that shows something everywhere.

    A subclass sets _esm, its ES module, and gives `png()`, bytes, and `text()`, a full sentence. Where scripts do
    not run (a notebook that is not trusted, a repository's page, a printout) the PNG stands for the widget, and the
    text for a reader who does not see it.
    """

    title = traitlets.Unicode("").tag(sync=True)
    _css = static_text("pictures.css")

    def png(self):
        """The picture as it is now: bytes of a PNG."""
        raise NotImplementedError

    def text(self):
        """The picture as it is now, in words: str."""
        raise NotImplementedError

    def _repr_mimebundle_(self, **kwargs):
        bundle = super()._repr_mimebundle_(**kwargs)
        data, metadata = bundle if isinstance(bundle, tuple) else (bundle or {}, {})
        text = self.text()
        still = {"image/png": base64.b64encode(self.png()).decode("ascii"), "text/plain": text}
        return {**data, **still}, {**metadata, "image/png": {"alt": text}}

    def to_html(self):
        """A page that shows the picture alone, from a file, with no network: str. What is done there stays there."""
        return _PAGE.format(
            title=_escaped(self.title or type(self).__name__),
            text=_escaped(self.text()),
            css=static_text("pictures.css"),
            png=base64.b64encode(self.png()).decode("ascii"),
            state=_in_script(json.dumps(self._page_state())),
            module=_in_script(json.dumps(self._esm)),
        )

    def _page_state(self):
        """What a page of its own starts with: {trait: value}, for JSON."""
        values = {name: getattr(self, name) for name in self.traits(sync=True) if name in self._own_traits()}
        return {
            name: {"base64": base64.b64encode(value).decode("ascii")} if isinstance(value, bytes) else value
            for name, value in values.items()
        }

    @classmethod
    def _own_traits(cls):
        """Names of traits that are the pictures', not the widget machinery's."""
        return {name for base in cls.__mro__ if base.__module__.startswith("refalloc.") for name in vars(base)}


def _escaped(text):
    return text.replace("&", "&amp;").replace("<", "&lt;").replace('"', "&quot;")


def _in_script(text):
    """JSON that stays JSON inside a script element."""
    return text.replace("<", "\\u003c")


_PAGE = """<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>{title}</title>
<style>
body {{ margin: 0; padding: 16px; background: #ffffff; }}
@media (prefers-color-scheme: dark) {{ body {{ background: #0b0f14; }} }}
{css}
</style>
<main id="picture"><img alt="{text}" src="data:image/png;base64,{png}"></main>
<script type="application/json" id="state">{state}</script>
<script type="application/json" id="module">{module}</script>
<script type="module">
const json = (id) => JSON.parse(document.getElementById(id).textContent);
const state = json("state");
for (const [name, value] of Object.entries(state)) {{
  if (value?.base64 === undefined) continue;
  state[name] = new DataView(Uint8Array.from(atob(value.base64), (c) => c.charCodeAt(0)).buffer);
}}
// What a widget's model is to its picture, without a kernel behind it.
const model = {{
  listeners: [],
  get: (name) => state[name],
  set(name, value) {{
    if (state[name] === value) return;
    state[name] = value;
    for (const [events, call] of this.listeners) if (events.split(" ").includes(`change:${{name}}`)) call();
  }},
  on(events, call) {{ this.listeners.push([events, call]); }},
  off(events, call) {{ this.listeners = this.listeners.filter((l) => l[0] !== events || l[1] !== call); }},
  save_changes() {{}},
  send() {{}},
}};
const url = URL.createObjectURL(new Blob([json("module")], {{ type: "text/javascript" }}));
const {{ default: picture }} = await import(url);
await picture.render({{ model, el: document.getElementById("picture") }});
</script>
</html>
"""
