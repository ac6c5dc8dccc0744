"""The sizes of pooled planes, as PyTorch has them: python3 tests/pytorch/pooling_shapes.py > tests/pytorch/pooling_shapes.txt

A line is a window, a stride, a padding and whether ceil_mode is on, and the outputs of 1 to 12 inputs; "-" where PyTorch
refuses. Where torch is not installed the sizes follow its rule (aten/src/ATen/native/Pool.h): the last line says which.
"""

try:
    import torch
    import torch.nn.functional as F
except ImportError:
    torch = None

INPUTS = range(1, 13)


def size(n, k, s, p, ceil):
    if torch is None:
        if p > k // 2:
            return None
        out = (n + 2 * p - k + (s - 1 if ceil else 0)) // s + 1
        if ceil and (out - 1) * s >= n + p:
            out -= 1
        return out if out >= 1 else None
    try:
        return F.max_pool2d(torch.zeros(1, 1, n, n), k, stride=s, padding=p, ceil_mode=ceil).shape[-1]
    except RuntimeError:
        return None


for k in range(1, 9):
    for s in range(1, 6):
        for p in range(k):
            for ceil in (False, True):
                sizes = (size(n, k, s, p, ceil) for n in INPUTS)
                print(k, s, p, int(ceil), *("-" if out is None else out for out in sizes))
print("#", "the rule of PyTorch's source" if torch is None else f"PyTorch {torch.__version__}")
