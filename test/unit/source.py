# SPDX-License-Identifier: Apache-2.0
"""What the tests that read source code share."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


class _Pruner(ast.NodeTransformer):
    """Cuts off annotations and what is for type checkers alone."""

    def visit_If(self, node: ast.If) -> ast.AST | list[ast.stmt]:
        if ast.unparse(node.test) == 'TYPE_CHECKING':
            return node.orelse
        return self.generic_visit(node)

    def visit_AnnAssign(self, node: ast.AnnAssign) -> ast.AST | None:
        return ast.Expr(self.visit(node.value)) if node.value else None

    def visit_arg(self, node: ast.arg) -> ast.AST:
        return ast.arg(node.arg)

    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.AST:
        node.returns = None
        return self.generic_visit(node)

    def visit_AsyncFunctionDef(self, node: ast.AsyncFunctionDef) -> ast.AST:
        node.returns = None
        return self.generic_visit(node)


def code_that_runs(path: Path) -> Iterator[ast.AST]:
    """Walk the syntax tree of a file, without what only type checkers read."""
    return ast.walk(_Pruner().visit(ast.parse(path.read_text(encoding='utf-8'))))
