import torch
import torch.nn.functional as F

torch.set_default_dtype(torch.float64)

# 1 example, 2 channels
x = torch.tensor([
    [[[0, 1, 2],
       [3, 4, 5],
       [6, 7, 8]],
      [[1, 2, 3],
       [4, 5, 6],
       [7, 8, 9]]],
]).double()
# 1 filter of 2 kernels
w = torch.tensor([
    [[[0, 1],
       [2, 3]],
      [[1, 2],
       [3, 4]]],
]).double()
b = torch.tensor([0]).double()

y = F.conv2d(x, w, b)
print(y)
