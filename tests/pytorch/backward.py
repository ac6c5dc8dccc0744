import torch
import torch.nn.functional as F

torch.set_default_dtype(torch.float64)

x = torch.tensor([[0, 1, 2],
                  [3, 4, 5],
                  [6, 7, 8]], dtype=torch.float64).reshape(1, 1, 3, 3).requires_grad_()
w = torch.tensor([[0, 1],
                  [2, 3]], dtype=torch.float64).reshape(1, 1, 2, 2).requires_grad_()
b = torch.tensor([0]).double().requires_grad_()

y = F.conv2d(x, w, b)
dy = torch.tensor([[2, -1],
                   [0, 1]], dtype=torch.float64).reshape(1, 1, 2, 2)

y.backward(dy)
print(x.grad)
print(w.grad)
print(b.grad)
