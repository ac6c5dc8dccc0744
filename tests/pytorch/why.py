import torch
from torch import nn

# Layers on the meta device have shapes and no numbers: they need no memory.
image = torch.empty(1, 3, 3000, 4000, device="meta")
dense = nn.Linear(image.numel(), 100, device="meta")
conv = nn.Conv2d(3, 100, 5, stride=1, padding=0, device="meta")

def parameters(layer):
    return layer.weight.numel() + layer.bias.numel()

outputs = conv(image).numel()
dense_macs = dense.weight.numel()
conv_macs = outputs * conv.weight[0].numel()

counts = torch.tensor([
    [image.numel(), dense.weight.numel(), parameters(dense), parameters(dense) * 4],
    [conv.weight.numel(), parameters(conv), parameters(conv) * 4, dense.weight.numel() / conv.weight.numel()],
    [dense_macs, outputs, conv_macs, conv_macs / dense_macs],
], dtype=torch.float64)
print(counts)
