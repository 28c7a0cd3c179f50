# SPDX-License-Identifier: Apache-2.0
"""What others would run in place of the bridge."""
