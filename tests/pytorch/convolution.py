import torch
import torch.nn.functional as F

torch.set_default_dtype(torch.float64)

x = torch.tensor([[0, 1, 2],
                  [3, 4, 5],
                  [6, 7, 8]], dtype=torch.float64).reshape(1, 1, 3, 3)
w = torch.tensor([[0, 1],
                  [2, 3]], dtype=torch.float64).reshape(1, 1, 2, 2)
b = torch.tensor([0]).double()

y = F.conv2d(x, w, b)
print(y)
