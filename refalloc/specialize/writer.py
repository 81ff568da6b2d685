"""Makes the new function: a transformer of syntax trees that writes known functions in at their calls."""

import ast
import builtins
import copy
import itertools
import types
import typing
import weakref

from refalloc.specialize.source import SpecializeError, copied, definition, statement_count, walk_all

STATEMENT_LIMIT = 4  # a longer body takes so long that its call is little beside it
CONSTANT_TYPES = (int, float, str, bytes, bool, type(None))
# object -> functions that were made from its Final attributes
relying: weakref.WeakKeyDictionary[object, weakref.WeakSet] = weakref.WeakKeyDictionary()


class _StaysACall(Exception):
    """Not an error: this body has no form in which it can stand in place of its call."""


class Maker:
    """Makes one function.

    Attributes: filename: of the function; namespace: its globals, name -> known object, dots in a name keep it apart
                from the text's own; stack: functions that are being written in, outermost first.
    """

    def __init__(self, function, instead, whole, given):
        self.function = function
        self.whole = whole
        self.given = given
        self.filename = function.__code__.co_filename
        self.instead = instead
        self.namespace = {"__name__": function.__module__}
        self.numbers = itertools.count(1)
        self.stack = [function]
        self.owners = []

    def make(self, known):
        tree = copied(definition(self.function))
        params = [arg.arg for arg in tree.args.args]
        if len(known) > len(params):
            raise SpecializeError(f"{self.function.__qualname__} has {len(params)} parameters, not {len(known)}")
        body = _Body(self, self.function, dict(zip(params, known, strict=False)), {}, site=None)
        tree.args.args = tree.args.args[len(known) :]
        tree.args.defaults, tree.decorator_list, tree.returns = [], [], None
        passed = [ast.Name(arg.arg, ast.Load()) for arg in tree.args.args]
        plain_tree = copy.copy(tree)
        first = [self.name(value, "plain.known") for value in known]
        plain_call = ast.Call(self.name(self.function, "plain.function"), [*first, *passed], [])
        plain_tree.body = [ast.Return(plain_call)]
        tree.body = body.statements(tree.body)
        made, plain = self.compiled(tree), self.compiled(plain_tree)
        made.plain_code = plain.__code__
        defaults = self.function.__defaults__ or ()
        made.__defaults__ = defaults[max(0, len(defaults) - len(passed)) :] or None
        made.__qualname__, made.__doc__ = self.function.__qualname__, self.function.__doc__
        for owner in self.owners:
            relying.setdefault(owner, weakref.WeakSet()).add(made)
        return made

    def compiled(self, tree):
        module = ast.fix_missing_locations(ast.Module([tree], []))
        exec(compile(module, self.filename, "exec"), self.namespace)
        return self.namespace.pop(tree.name)

    def name(self, value, hint):
        """The expression for a known object."""
        if type(value) in CONSTANT_TYPES:
            return ast.Constant(value)
        while self.namespace.setdefault(hint, value) is not value:
            hint += "'"
        return ast.Name(hint, ast.Load())


class _Body(ast.NodeTransformer):
    """Makes the statements of one function that is written in, or of the whole.

    Attributes: known: dict, name -> object; names: dict, local name -> the expression for it; site: the call whose
                place in the file its nodes get, None for their own.
    """

    def __init__(self, maker, function, known, arguments, site):
        self.maker, self.function, self.known, self.site = maker, function, known, site
        self.globals = function.__globals__
        prefix = "" if function is maker.function else f"{function.__name__}.{next(maker.numbers)}."
        self.names = {
            name: ast.Name(prefix + name, ast.Load()) for name in function.__code__.co_varnames if name not in known
        }
        self.names.update(arguments)
        self.calls = {}  # node -> what find_called says of it
        self.leave_loop = None  # within a loop that returns: what makes statements of a value that is returned

    # What is known

    def lookup(self, node):
        """What an expression is known to be, as a tuple of one; () when it is known only at run time."""
        if isinstance(node, ast.Name) and node.id not in self.names:
            for names in (self.known, self.globals, vars(builtins)):
                if node.id in names:
                    return (names[node.id],)
        if isinstance(node, ast.Attribute):
            for owner in self.lookup(node.value):
                if isinstance(owner, types.ModuleType):
                    return (getattr(owner, node.attr),)
                if _is_final(owner, node.attr) or isinstance(_in_class(owner, node.attr), types.FunctionType):
                    self.maker.owners.append(owner)
                    return (getattr(owner, node.attr),)
        return ()

    def called(self, node):
        """As find_called, which is asked about each node several times."""
        if not isinstance(node, ast.Call | ast.Attribute):
            return None
        if node not in self.calls:
            self.calls[node] = self.find_called(node)
        return self.calls[node]

    def find_called(self, node):
        """The Python function that a call, or a property, is known to reach, and its arguments; None for others."""
        first, function = [], None
        if isinstance(node, ast.Attribute):
            for owner in self.lookup(node.value):
                if isinstance(getter := _in_class(owner, node.attr), property):
                    self.maker.owners.append(owner)
                    return self.bound(getter.fget, [owner], [], [])
        if isinstance(node, ast.Call):
            for function in self.lookup(node.func):
                if isinstance(function, types.FunctionType):
                    function = self.maker.instead.get(function, function)
                if isinstance(function, types.MethodType):
                    first, function = [function.__self__], function.__func__
                if isinstance(function, types.FunctionType):
                    return self.bound(function, first, node.args, node.keywords)
        return None

    def bound(self, function, first, args, keywords):
        """(function, its body, {parameter: known object}, {parameter: expression}); None when it stays a call."""
        try:
            tree = definition(function)
        except SpecializeError:
            return None
        code = _without_docstring(tree)
        is_whole = function in self.maker.whole and self.function is self.maker.function
        if not is_whole and statement_count(tree) - (len(tree.body) - len(code)) > STATEMENT_LIMIT:
            return None
        params = [arg.arg for arg in tree.args.args]
        defaults = function.__defaults__ or ()
        given = dict(zip(params[len(params) - len(defaults) :], map(ast.Constant, defaults), strict=True))
        given |= dict(zip(params[len(first) :], args, strict=False))
        given |= {keyword.arg: keyword.value for keyword in keywords}
        known = dict(zip(params, first, strict=False))
        if function in self.maker.stack or len(first) + len(args) > len(params) or {*known, *given} != {*params}:
            return None
        for param in list(given):
            for value in self.lookup(given[param]):
                known[param] = value
                del given[param]
        return function, code, known, given

    # Expressions

    def visit_Name(self, node):
        if node.id in self.names:
            name = self.names[node.id]
            return ast.copy_location(
                ast.Name(name.id, node.ctx) if isinstance(name, ast.Name) else copy.copy(name), node
            )
        return self.found(node) or node

    def visit_Attribute(self, node):
        return self.found(node) or self.one_expression(node) or self.generic_visit(node)

    def visit_Call(self, node):
        return self.one_expression(node) or self.generic_visit(node)

    def visit_ExceptHandler(self, node):
        if node.name in self.names:
            node.name = self.names[node.name].id
        return self.generic_visit(node)

    def found(self, node):
        for value in self.lookup(node):
            return ast.copy_location(self.maker.name(value, ast.unparse(node)), node)
        return None

    def one_expression(self, node):
        """A call of a function that is given, or that only returns an expression, as an expression; None for others."""
        if isinstance(node, ast.Call) and self.function in self.maker.whole:
            for function in self.lookup(node.func):
                if function in self.maker.given:
                    return ast.copy_location(ast.parse(self.maker.given[function], mode="eval").body, node)
        call = self.called(node)
        if call is None:
            return None
        function, code, known, given = call
        if not isinstance(code[0], ast.Return) or code[0].value is None:
            return None
        arguments = {param: self.visit(copied(value)) for param, value in given.items()}
        if not all(isinstance(value, ast.Name | ast.Constant) for value in arguments.values()):
            return None  # it might be computed twice
        code = copied(code)
        return self.within(function, known, arguments, node, code, lambda body: body.visit(code[0].value))

    def within(self, function, known, arguments, node, code, write):
        """write(_Body of `function`), whose statements are `code` and which is called from `node`."""
        site = self.site
        if site is None and function.__code__.co_filename != self.maker.filename:
            site = node
        for part in walk_all(code) if site is not None else ():
            ast.copy_location(part, site)
        self.maker.stack.append(function)
        try:
            return write(_Body(self.maker, function, known, arguments, site))
        finally:
            self.maker.stack.pop()

    # Statements

    def statements(self, nodes):
        return [made for node in nodes for made in _as_list(self.visit(node))]

    def visit_Expr(self, node):
        made = self.written(node.value, lambda value: [])
        if made is None:
            return self.generic_visit(node)
        return made or ast.copy_location(ast.Pass(), node)

    def visit_Assign(self, node):
        if isinstance(node.targets[0], ast.Name) and len(node.targets) == 1:
            target = self.visit(node.targets[0])
            made = self.written(node.value, lambda value: [_assign(target.id, value)])
            if made is not None:
                return made
        before, node.value = self.hoisted(node.value)
        node.targets = [self.visit(target) for target in node.targets]
        return [*before, node]

    def visit_Return(self, node):
        before, value = self.hoisted(node.value or ast.copy_location(ast.Constant(None), node))
        if self.leave_loop is not None:
            return [*before, *self.leave_loop(value), ast.copy_location(ast.Break(), node)]
        return [*before, ast.copy_location(ast.Return(value), node)]

    def visit_If(self, node):
        before, node.test = self.hoisted(node.test)
        node.body, node.orelse = self.statements(node.body), self.statements(node.orelse)
        return [*before, node]

    def hoisted(self, node):
        """(statements to run first, what is left of an expression): what is evaluated first may stand before."""
        if isinstance(node, ast.UnaryOp):
            before, node.operand = self.hoisted(node.operand)
            return before, node
        if isinstance(node, ast.Compare):
            before, node.left = self.hoisted(node.left)
            node.comparators = [self.visit(value) for value in node.comparators]
            return before, node
        if self.one_expression(node) is None:
            result = f"result.{next(self.maker.numbers)}"
            before = self.written(node, lambda value: [_assign(result, value)])
            if before is not None:
                return before, ast.copy_location(ast.Name(result, ast.Load()), node)
        return [], self.visit(node)

    def written(self, node, sink):
        """The statements that stand for a call whose result goes to sink(expression); None if it stays a call."""
        call = self.called(node)
        if call is None:
            return None
        expression = self.one_expression(node)
        if expression is not None:
            return sink(expression)
        function, code, known, given = call
        stored = {name.id for name in walk_all(code) if isinstance(name, ast.Name) and isinstance(name.ctx, ast.Store)}
        if stored & {*known}:
            return None
        code = copied(code)
        before, arguments = [], {}
        for param, value in given.items():
            value = self.visit(copied(value))
            if param in stored or not isinstance(value, ast.Name | ast.Constant):
                name = f"{function.__name__}.{next(self.maker.numbers)}.{param}"
                before.append(_assign(name, value))
                value = ast.copy_location(ast.Name(name, ast.Load()), value)
            arguments[param] = value
        try:
            made = self.within(function, known, arguments, node, code, lambda body: body.tail(code, sink, node))
        except _StaysACall:
            return None
        named = {part.id for part in walk_all(made) if isinstance(part, ast.Name)}
        return [
            part for part in before if part.targets[0].id in named or not isinstance(part.value, ast.Attribute)
        ] + made

    def tail(self, nodes, sink, site):
        """The last statements of a function, what they return given to sink, and nothing after them in its way."""
        made: list[ast.stmt] = []
        for index, node in enumerate(nodes):
            rest = nodes[index + 1 :]
            if isinstance(node, ast.Return):
                before, value = self.hoisted(node.value or ast.copy_location(ast.Constant(None), node))
                return [*made, *before, *sink(value)]
            if not _returns(node):
                made += _as_list(self.visit(node))
                if _ends([node]):
                    return made
            elif isinstance(node, ast.If):
                return made + self.tail_if(node, rest, sink, site)
            elif isinstance(node, ast.Try):
                return [*made, self.tail_try(node, rest, sink, site)]
            elif isinstance(node, ast.While):
                return [*made, self.tail_loop(node, rest, sink)]
            else:
                raise _StaysACall
        return [*made, *sink(ast.copy_location(ast.Constant(None), site))]

    def tail_if(self, node, rest, sink, site):
        body_ends, orelse_ends = _ends(node.body), _ends(node.orelse)
        if rest and not (body_ends or orelse_ends):
            raise _StaysACall  # the rest would have to stand twice
        before, test = self.hoisted(node.test)
        body = self.tail(node.body if body_ends else node.body + rest, sink, site)
        orelse = self.tail(node.orelse if orelse_ends else node.orelse + rest, sink, site)
        body = body or [ast.copy_location(ast.Pass(), node)]
        return [*before, ast.copy_location(ast.If(test, body, orelse), node)]

    def tail_try(self, node, rest, sink, site):
        handlers_end = all(_ends(handler.body) for handler in node.handlers)
        if node.finalbody or (rest and not handlers_end) or (_returns(*node.body) and (rest or node.orelse)):
            raise _StaysACall
        if _returns(*node.body):
            node.body = self.tail(node.body, sink, site)
        else:
            node.body, node.orelse = self.statements(node.body), self.tail(node.orelse + rest, sink, site)
        for handler in node.handlers:
            body = self.tail(handler.body, sink, site)
            handler.body = [ast.copy_location(ast.Pass(), node)]
            self.visit(handler)
            handler.body = body or handler.body
        return node

    def tail_loop(self, node, rest, sink):
        inner_loops = [part for part in walk_all(node.body) if isinstance(part, ast.While | ast.For)]
        if rest or not _ends([node]) or _returns(*inner_loops) or self.leave_loop is not None:
            raise _StaysACall
        self.leave_loop = sink
        node.body = self.statements(node.body)
        self.leave_loop = None
        return node


def _is_final(owner, attribute):
    for class_ in type(owner).__mro__:
        annotation = vars(class_).get("__annotations__", {}).get(attribute)
        if annotation is typing.Final or typing.get_origin(annotation) is typing.Final:
            return True
    return False


def _in_class(owner, attribute):
    return next((vars(class_)[attribute] for class_ in type(owner).__mro__ if attribute in vars(class_)), None)


def _without_docstring(tree):
    has_docstring = ast.get_docstring(tree, clean=False) is not None
    return tree.body[1:] if has_docstring and len(tree.body) > 1 else tree.body


def _returns(*nodes):
    return any(isinstance(part, ast.Return) for part in walk_all(nodes))


def _ends(nodes):
    """Whether nothing after these statements is reached from them."""
    last = nodes[-1] if nodes else None
    if isinstance(last, ast.If):
        return _ends(last.body) and _ends(last.orelse)
    if isinstance(last, ast.While):
        is_endless = isinstance(last.test, ast.Constant) and bool(last.test.value)
        return is_endless and not any(isinstance(part, ast.Break) for part in ast.walk(last))
    return isinstance(last, ast.Return | ast.Raise | ast.Continue | ast.Break)


def _assign(name, value):
    return ast.copy_location(ast.Assign([ast.Name(name, ast.Store())], value), value)


def _as_list(made):
    return made if isinstance(made, list) else [made]
