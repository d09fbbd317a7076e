"""An expression's tree back as the text that an author would write."""

from __future__ import annotations

from typing import Any

from jinja2 import nodes

OPERATORS: dict[type, str] = {nodes.Add: "+", nodes.Sub: "-", nodes.Mul: "*", nodes.Div: "/"}
COMPARISONS = {"eq": "==", "ne": "!=", "lt": "<", "lteq": "<=", "gt": ">", "gteq": ">=", "in": "in", "notin": "not in"}


def shown(node: Any) -> str:
    """The text of an expression, in the language's usual spelling."""
    match node:
        case nodes.TemplateData():
            return repr(node.data)
        case nodes.Const():
            return repr(node.value)
        case nodes.Name():
            return str(node.name)
        case nodes.Getattr():
            return f"{shown(node.node)}.{node.attr}"
        case nodes.Getitem():
            return f"{shown(node.node)}[{shown(node.arg)}]"
        case nodes.Filter():
            return f"{shown(node.node)} {piped(node)}"
        case nodes.Test():
            return f"{shown(node.node)} is {node.name}"
        case nodes.Compare():
            return shown(node.expr) + "".join(f" {COMPARISONS[one.op]} {shown(one.expr)}" for one in node.ops)
        case nodes.List() | nodes.Tuple():
            return f"[{', '.join(map(shown, node.items))}]"
    return _combined(node)


def _combined(node: Any) -> str:
    match node:
        case nodes.And():
            return f"{shown(node.left)} and {shown(node.right)}"
        case nodes.Or():
            return f"{shown(node.left)} or {shown(node.right)}"
        case nodes.Not():
            return f"not {shown(node.node)}"
        case nodes.Neg():
            return f"-{shown(node.node)}"
        case nodes.CondExpr():
            otherwise = f" else {shown(node.expr2)}" if node.expr2 else ""
            return f"{shown(node.expr1)} if {shown(node.test)}{otherwise}"
        case nodes.Concat():
            return " ~ ".join(map(shown, node.nodes))
    return f"({shown(node.left)} {OPERATORS[type(node)]} {shown(node.right)})"


def piped(node: Any) -> str:
    """A filter as it stands behind its value: `| table('status')`."""
    return f"| {node.name}({', '.join(map(shown, node.args))})" if node.args else f"| {node.name}"
