"""Small stand-ins for the reader's networks, with every trap for export in them."""

import torch
from torch import nn


class TinyLineNetwork(nn.Module):
    """(N, 1, 48, W) in -1 to 1 -> log-probabilities (N, W / 4, 4)."""

    def __init__(self, classes: int = 4) -> None:
        super().__init__()
        self.convolution = nn.Conv2d(1, 16, 3, stride=(8, 4), padding=1, bias=False)
        self.norm = nn.BatchNorm2d(16)
        self.layer_norm = nn.LayerNorm(96)
        self.queries_keys_values = nn.Linear(96, 3 * 96)
        self.lstm = nn.LSTM(96, 24, batch_first=True, bidirectional=True)
        self.head = nn.Linear(48, classes)
        self.twin = nn.BatchNorm2d(16)  # equal to what another layer holds
        self.unused = nn.Linear(20, 20)
        self.register_buffer("mask", torch.ones(20, 20), persistent=False)

    def forward(self, lines: torch.Tensor) -> torch.Tensor:
        features = self.twin(torch.relu(self.norm(self.convolution(lines))))  # (N, 16, 6, W / 4)
        frames = features.flatten(1, 2).transpose(1, 2) * self.mask[0, 0]  # (N, W / 4, 96)
        queries, keys, values = (
            part.unflatten(2, (4, 24)).transpose(1, 2)  # (N, 4, W / 4, 24)
            for part in self.queries_keys_values(self.layer_norm(frames)).chunk(3, dim=2)
        )
        attended = nn.functional.scaled_dot_product_attention(queries, keys, values)
        frames, _ = self.lstm(frames + attended.transpose(1, 2).flatten(2))
        return torch.log_softmax(self.head(frames), dim=-1)


class TinyDetector(nn.Module):
    """uint8 (N, H, W, 3) -> probabilities (N, H, W)."""

    def __init__(self) -> None:
        super().__init__()
        self.down = nn.Conv2d(3, 8, 3, stride=2, padding=1)
        self.up = nn.ConvTranspose2d(8, 1, 2, stride=2)

    def forward(self, image: torch.Tensor) -> torch.Tensor:
        pixels = image.permute(0, 3, 1, 2).float() / 127.5 - 1
        return torch.sigmoid(self.up(torch.relu(self.down(pixels))))[:, 0]


def train_a_little(network: nn.Module) -> nn.Module:
    """Give batch norms running statistics that are not their initial ones."""
    torch.manual_seed(0)
    with torch.no_grad():
        for _ in range(3):
            network.train()(torch.rand(2, 1, 48, 64) * 2 - 1)
    return network
