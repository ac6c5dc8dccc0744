import torch
import torch.nn.functional as F

torch.set_default_dtype(torch.float64)

x = torch.tensor([[8, 90],
                  [2, 130],
                  [5, 70],
                  [4, 100],
                  [6, 110]], dtype=torch.float64).reshape(5, 2)
gamma = torch.tensor([[2, 10]], dtype=torch.float64).reshape(1, 2).flatten()
beta = torch.tensor([[1, 5]], dtype=torch.float64).reshape(1, 2).flatten()
running_mean = torch.tensor([[0, 0]], dtype=torch.float64).reshape(1, 2).flatten()
running_var = torch.tensor([[1, 1]], dtype=torch.float64).reshape(1, 2).flatten()

mean, var = x.mean(0), x.var(0, unbiased=False)  # F.batch_norm takes no eps of 0
y = (x - mean) / var.sqrt() * gamma + beta
running_mean = (1 - 0.1) * running_mean + 0.1 * mean
running_var = (1 - 0.1) * running_var + 0.1 * x.var(0)
print(y)
print(running_mean)
print(running_var)
