# SPDX-License-Identifier: Apache-2.0
"""Tries to import modules: a program of its own, for those that crash."""

from __future__ import annotations

from importlib import import_module
import sys

from rerun_bridge.node.doctor.child import tell


def main() -> None:
    """Import what the arguments name, ``module`` or ``module:function`` to call, in this order."""
    for name in sys.argv[1:]:
        module_name, _, function = name.partition(':')
        value, error = '', ''
        try:
            module = import_module(module_name)
            found = getattr(module, function)() if function else module.__dict__.get('__version__')
            value = str(found or '')
        except Exception as exc:  # noqa: BLE001 - that is what the doctor wants to know
            error = f'{type(exc).__name__}: {exc}'.partition('\n')[0]
        tell([name, value, error])


if __name__ == '__main__':
    main()
