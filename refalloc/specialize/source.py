"""The syntax of a function that is loaded, from its source; or a refusal, in words."""

import ast
import functools
import linecache
import types
import typing

REFUSED: dict[type, str] = {
    ast.Lambda: "a nested function",
    ast.FunctionDef: "a nested function",
    ast.AsyncFunctionDef: "a nested function",
    ast.ClassDef: "a nested class",
    ast.ListComp: "a comprehension",
    ast.SetComp: "a comprehension",
    ast.DictComp: "a comprehension",
    ast.GeneratorExp: "a comprehension",
    ast.Yield: "a yield",
    ast.YieldFrom: "a yield",
    ast.Await: "an await",
    ast.Global: "a global statement",
    ast.Import: "an import",
    ast.ImportFrom: "an import",
    ast.Match: "a match statement",
}


class SpecializeError(TypeError):
    """A function that cannot be specialised; the message says which, where and why."""


def copied(node: typing.Any) -> typing.Any:
    """A copy of a syntax tree, or of a list of them; copy.deepcopy takes five times as long."""
    if isinstance(node, list):
        return [copied(part) for part in node]
    if not isinstance(node, ast.stmt | ast.expr | ast.excepthandler | ast.arguments | ast.arg | ast.keyword):
        return node
    made = type(node).__new__(type(node))
    for field, value in vars(node).items():
        setattr(made, field, copied(value))
    return made


def definition(function):
    """The syntax of a function, proved to be that of the code that is loaded. Raises SpecializeError."""
    code = function.__code__
    source = "".join(linecache.getlines(code.co_filename, function.__globals__))
    return _definition_of_code(code, function.__qualname__, source)


@functools.lru_cache(maxsize=256)
def _definition_of_code(code, name, source):
    where = f"{name} ({code.co_filename}, line {code.co_firstlineno})"
    if code.co_freevars or code.co_cellvars:
        raise SpecializeError(f"{where} is a closure; expected a function of a module or a class")
    tree, codes = _parsed(source, code.co_filename)
    if code not in codes:
        raise SpecializeError(
            f"{where}: what its file holds is not what is loaded; save the file, and import the module again"
        )
    found = [
        node
        for node in walk_all([tree])
        if isinstance(node, ast.FunctionDef)
        and node.name == code.co_name
        and code.co_firstlineno in (node.lineno, *(part.lineno for part in node.decorator_list))
    ]
    if not found:
        raise SpecializeError(f"{where} was not made by def; expected a function that was")
    definition = found[0]
    arguments = definition.args
    if arguments.vararg or arguments.kwarg or arguments.kwonlyargs or arguments.posonlyargs:
        raise SpecializeError(f"{where} has *, / or ** among its parameters; expected plain ones")
    for node in walk_all(definition.body):
        if type(node) in REFUSED:
            raise SpecializeError(f"{where}: {REFUSED[type(node)]} in line {node.lineno} cannot be specialised")
    return definition


@functools.lru_cache(maxsize=64)
def _parsed(source, filename):
    """The syntax tree of a file, and the code objects of all its functions."""
    try:
        tree = ast.parse(source, filename)
        code = compile(source, filename, "exec", dont_inherit=True)
    except (SyntaxError, ValueError) as error:
        raise SpecializeError(f"{filename}: {error}") from error
    codes, waiting = set(), [code]
    while waiting:
        inner = [const for const in waiting.pop().co_consts if isinstance(const, types.CodeType)]
        codes.update(inner)
        waiting += inner
    return tree, codes


@functools.lru_cache(maxsize=256)
def statement_count(definition):
    """Statements in a function, its docstring among them."""
    return sum(isinstance(node, ast.stmt) for node in walk_all(definition.body))


def walk_all(nodes) -> list[typing.Any]:
    """Every node in a list of statements."""
    return [part for node in nodes for part in ast.walk(node)]
