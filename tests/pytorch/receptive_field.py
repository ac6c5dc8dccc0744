import torch
import torch.nn.functional as F

torch.set_default_dtype(torch.float64)


def ones(k):  # weights of 1: the gradient then counts paths
    return torch.ones(1, 1, k, k)


x = torch.zeros(1, 1, 32, 32, requires_grad=True)
y = F.conv2d(x, ones(5))  # 5 × 5 convolution
y = F.conv2d(y, ones(5))  # 5 × 5 convolution
y = F.conv2d(y, ones(5))  # 5 × 5 convolution
y = F.conv2d(y, ones(5))  # 5 × 5 convolution
y = F.conv2d(y, ones(5))  # 5 × 5 convolution
y = F.conv2d(y, ones(5))  # 5 × 5 convolution
y = F.conv2d(y, ones(5))  # 5 × 5 convolution
y[0, 0, 2, 2].backward()  # the cell that looks
paths = x.grad[0, 0]
print(paths)
print((paths > 0).sum().item(), "of", paths.numel(), "input cells are seen")
