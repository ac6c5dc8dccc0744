import torch
import torch.nn.functional as F

torch.set_default_dtype(torch.float64)

x = torch.tensor([[2],
                  [-1],
                  [1]], dtype=torch.float64).reshape(3, 1)
w = torch.tensor([[1, 0, 2],
                  [0, -2, 0],
                  [0, -3, 0]], dtype=torch.float64).reshape(3, 3)
v = torch.tensor([[1, 0, -2],
                  [0, 4, 0],
                  [1, 0, 2]], dtype=torch.float64).reshape(3, 3)

t = torch.sigmoid(v @ x + 0)
h = torch.relu(w @ x + 0)
y = t * h + (1 - t) * x
print(y)
