"""Small wrong versions of a text: each differs from it in one place.

A mutant is made on the syntax tree: a comparison turned, an operator exchanged, a number off by one, a condition
negated, an argument of max left out, a truth value turned, a returned value lost, a statement dropped.
"""

import ast
import copy
import types
from dataclasses import dataclass

SWAPS = {
    ast.Eq: [ast.NotEq],
    ast.NotEq: [ast.Eq],
    ast.Lt: [ast.LtE, ast.GtE],
    ast.GtE: [ast.Gt, ast.Lt],
    ast.Add: [ast.Sub],
    ast.Sub: [ast.Add],
    ast.Mod: [ast.FloorDiv],
    ast.Mult: [ast.Add],
    ast.LShift: [ast.RShift],
}


@dataclass(frozen=True)
class Mutant:
    """A changed text. Attributes: name: str, function, what stood there and what stands there now; tree: its syntax."""

    name: str
    tree: ast.Module

    def module(self, filename):
        module = types.ModuleType("mutant")
        exec(compile(self.tree, filename, "exec"), module.__dict__)
        return module


def mutants_of(source):
    """All mutants, in the order of the text: list of Mutant; names are unique."""
    tree = ast.parse(source)
    found: dict[str, Mutant] = {}
    for path, node in _walk(tree, ()):
        for replacement in _changes(node):
            mutated = copy.deepcopy(tree)
            _replace(mutated, path, replacement)
            ast.fix_missing_locations(mutated)
            where = next(
                (part.name for part in _ancestors(tree, path) if isinstance(part, ast.FunctionDef)), "constants"
            )
            before, after = _say(tree, mutated, path)
            name = f"{where}: {before} -> {after}"
            while name in found:
                name += " (again)"
            found[name] = Mutant(name, mutated)
    return list(found.values())


def _changes(node):
    """What may stand in place of `node`."""
    match node:
        case ast.Compare(ops=[op]):
            for swap in SWAPS.get(type(op), []):
                yield ast.Compare(node.left, [swap()], node.comparators)
        case ast.BinOp(op=op):
            for swap in SWAPS.get(type(op), []):
                yield ast.BinOp(node.left, swap(), node.right)
        case ast.Constant(value=bool(value)):
            yield ast.Constant(not value)
        case ast.Constant(value=int(value)):
            yield ast.Constant(value + 1)
            if value > 0:
                yield ast.Constant(value - 1)
        case ast.If() | ast.IfExp():
            changed = copy.deepcopy(node)
            changed.test = ast.UnaryOp(ast.Not(), node.test)
            yield changed
        case ast.Call(func=ast.Name(id="max"), args=args):
            for left_out in range(len(args)):
                yield ast.Call(node.func, args[:left_out] + args[left_out + 1 :], [])
        case ast.Return(value=ast.expr() as value) if not (isinstance(value, ast.Constant) and value.value == 0):
            yield ast.Return(ast.Constant(0))
        case ast.Expr(value=ast.Call()) | ast.AugAssign():
            yield ast.Pass()
        case ast.Assign(targets=[target]) if not isinstance(target, ast.Name):
            yield ast.Pass()
        case _:
            return


def _walk(node, path):
    """All nodes with the path to each: fields and indices from the root."""
    yield path, node
    for field, value in ast.iter_fields(node):
        if isinstance(value, ast.AST):
            yield from _walk(value, (*path, field))
        elif isinstance(value, list):
            for index, item in enumerate(value):
                if isinstance(item, ast.AST):
                    yield from _walk(item, (*path, field, index))


def _step(node, part):
    return node[part] if isinstance(part, int) else getattr(node, part)


def _ancestors(node, path):
    for part in path:
        node = _step(node, part)
        yield node


def _replace(tree, path, replacement):
    parent = tree
    for part in path[:-1]:
        parent = _step(parent, part)
    if isinstance(path[-1], int):
        parent[path[-1]] = replacement
    else:
        setattr(parent, path[-1], replacement)


def _say(tree, mutated, path):
    """The smallest statement's first line around the change, before and after."""
    nodes = [tree, *_ancestors(tree, path)]
    depth = max(index for index, node in enumerate(nodes) if isinstance(node, ast.stmt))
    changed = [mutated, *_ancestors(mutated, path)][depth]
    return ast.unparse(nodes[depth]).splitlines()[0], ast.unparse(changed).splitlines()[0]
