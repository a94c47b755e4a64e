"""Writes goldens.txt: operands, results and gradients of every operation, by PyTorch, NumPy, SciPy, JAX and mpmath.

    python3 generate.py > goldens.txt

A case is a line "case NAME PARAMETERS... # NOTE" and lines "KIND TYPE EXTENTS : NUMBERS", where KIND is x for an
operand, y for the result, and g for the gradient of sum(y * w) by a floating-point operand; w is 1/n, 2/n, ... 1.
NAME is that of the Swift function, and numbers are as short as their type allows.

PyTorch computes where it has the operation. Else: JAX casts (NumPy leaves casts out of range undefined), NumPy counts
integers (PyTorch refuses to divide them by 0), and random numbers are written here from the paper. Where this library
differs from PyTorch on purpose, differences.py says why.

Made with PyTorch 2.15.0, NumPy 2.4.6, SciPy 1.17.1 and JAX 0.10.2, on a CPU.
"""
import os
import warnings

os.environ["JAX_PLATFORMS"] = "cpu"
import torch

import elementwise
import layouts
import products
import reductions

SEED = 20240229

warnings.simplefilter("ignore")
torch.manual_seed(SEED)
elementwise.functions_of_one()
elementwise.functions_of_two()
elementwise.casts()
reductions.reductions()
layouts.layouts()
products.products()
products.derivatives()
products.random_numbers()
reductions.norms()
