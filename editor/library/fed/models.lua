---@meta fed.models
-- Written by `fedlua meta`; the declarations that `help` shows are the source.
error("this file tells an editor of fed; a script says: local fed = require 'fed'")

---Networks by name; all return logits.
---@class fed.models
local models = {}

---@class fed.models.cnn.Options
---@field input integer[] Shape of an image: { c, h, w }.
---@field classes integer Classes.
---@field seed? integer Seed of the first values; a simulation's own by default.

---Two 3x3 convolutions with pooling and a hidden layer of 128.
---
---Returns: The model.
---@param options fed.models.cnn.Options Sizes.
---@return fed.Model
function models.cnn(options) end

---Three 3x3 convolutions with batch normalization, pooling and dropout, and a hidden layer of 128.
---
---Returns: The model.
---
---Source: the MNIST model of OptiGradTrust
---@param options fed.models.cnn.Options Sizes.
---@return fed.Model
function models.cnn3(options) end

---@class fed.models.denoising_unet.Options
---@field base? integer Channels at full size, a multiple of 4; the preset's without it. Must be at least 4.
---@field blocks? integer Blocks a level; the preset's without it. Must be at least 1.
---@field input integer[] Channels, height and width.
---@field levels? integer[] Multiples of the base, level by level; the preset's without it.
---@field preset? string tiny and small for 28 pixels, medium and large for 32 to 64, huge; paper: five levels of 64 to 1024 channels. Must be one of "tiny", "small", "medium", "large", "huge", "paper". (default `"small"`)
---@field seed? integer Seed of the first values.

---Makes a U-Net of (x, t): noisy images [b, c, h, w], and a step for each; it gives the noise, or what it is trained to give. Every block hears of the step, by scale and shift of its channels.
---
---Returns: The network.
---
---Source: Ho et al., NeurIPS 2020, appendix B; scale and shift: Dhariwal and Nichol, NeurIPS 2021, https://arxiv.org/abs/2105.05233
---
---Deviation: The paper's network has four levels of 256 channels or five of 64 to 1024, as its text and its notes have it; `paper` is the second. Its code computes an embedding of the step and never uses it; here every block does. In medium and large, blocks of 2 x 2 pixels become channels first.
---@param options fed.models.denoising_unet.Options What it may be told.
---@return fed.Model
function models.denoising_unet(options) end

---LeNet-5: two convolutions of 5x5 and three linear layers.
---
---Returns: The model.
---
---Source: LeCun et al., Proc. IEEE 86 (1998), https://doi.org/10.1109/5.726791, section II.B
---@param options fed.models.cnn.Options Sizes.
---@return fed.Model
function models.lenet5(options) end

---@class fed.models.masked_autoencoder.Options
---@field decoder_depth? integer Blocks of the decoder; the preset's without it. Must be at least 1.
---@field decoder_size? integer Numbers a token of the decoder; the preset's without it. Must be at least 4.
---@field depth? integer Blocks of the encoder; the preset's without it. Must be at least 1.
---@field heads? integer Heads of attention; the preset's without it. Must be at least 1.
---@field input integer[] Channels, height and width.
---@field patch integer Side of a patch. Must be at least 1.
---@field preset? string How large. Must be one of "tiny", "small", "medium", "paper". (default `"small"`)
---@field seed? integer Seed of the first values.
---@field size? integer Numbers a token of the encoder; the preset's without it. Must be at least 4.

---Makes a masked autoencoder: a model of (patches, visible), rows [b, n, p] and numbers of patches [b, m] from 0, as fed.detection.masked_reconstruction trains and fed.detection.reconstruction asks it. It gives a table: painted [b, n, p], and hidden [b, n, 1], which is 1 where it did not see.
---
---Returns: The network.
---
---Source: He et al., CVPR 2022, https://arxiv.org/abs/2111.06377, section 3; sizes of `paper`: Karami et al., https://arxiv.org/abs/2511.11625, section 4
---
---Deviation: No class token, which nothing here would read.
---@param options fed.models.masked_autoencoder.Options What it may be told.
---@return fed.Model
function models.masked_autoencoder(options) end

---@class fed.models.mixture_of_experts.Options
---@field classes integer Classes. Must be at least 2.
---@field experts? integer How many. Must be at least 1. (default `3`)
---@field hidden? integer Hidden units of a head. Must be at least 1. (default `32`)
---@field input integer[] Channels, height and width.
---@field mixing? string What the gate weighs. Must be one of "probability", "logit". (default `"probability"`)
---@field seed? integer Seed of the first values.
---@field shared? boolean Whether experts are heads on one backbone; false: whole networks, which share no weakness. (default `true`)
---@field stride? integer Step of the stem; 2 for 64 pixels and more. Must be at least 1. (default `1`)
---@field tells_gate? boolean Whether it gives { scores =, gate = } in training, as a loss with an entropy term needs. (default `false`)
---@field width? integer Channels of the stem; features are four times as many. Must be at least 1. (default `16`)

---Makes a mixture of experts: scores of K small heads on one backbone, or of K whole networks, weighed by a gate that looks at the image. Mixed probabilities come as their logarithms, so that cross-entropy is the mixture's own. Names of the gate's parameters begin with gate or look, those of batch normalization hold norm.
---
---Returns: The network.
---
---Source: Karami et al., https://arxiv.org/abs/2511.11625, equations 4 to 8; Jacobs et al., Neural Computation 3 (1991)
---
---Deviation: A small residual network is the backbone, not a pretrained ResNet-18. The paper does not say what is mixed, its code mixes logits.
---@param options fed.models.mixture_of_experts.Options What it may be told.
---@return fed.Model
function models.mixture_of_experts(options) end

---@class fed.models.mlp.Options
---@field inputs? integer Values per sample; instead of `input`.
---@field input? integer[] Shape of a sample, { c, h, w }: samples are flattened. (default `{}`)
---@field hidden? integer[] Sizes of the hidden layers. (default `{ 128 }`)
---@field classes integer Classes.
---@field seed? integer Seed of the first values; a simulation's own by default.

---Linear layers with ReLU between them.
---
---Returns: The model.
---@param options fed.models.mlp.Options Sizes.
---@return fed.Model
function models.mlp(options) end

---@class fed.models.mobilenet_v2.Options
---@field input integer[] Shape of an image: { c, h, w }.
---@field classes integer Classes.
---@field stem? string First layers: "small" for images around 32x32, "image" for 64x64 and more; by the height if nil. Must be one of "small", "image".
---@field seed? integer Seed of the first values; a simulation's own by default.

---MobileNetV2 of width 1, with torchvision's parameter names.
---
---Returns: The model.
---
---Source: Sandler et al., CVPR 2018, https://arxiv.org/abs/1801.04381, table 2
---@param options fed.models.mobilenet_v2.Options Sizes.
---@return fed.Model
function models.mobilenet_v2(options) end

---ResNet-18, with torchvision's parameter names.
---
---Returns: The model.
---
---Source: He et al., CVPR 2016, https://arxiv.org/abs/1512.03385, table 1
---@param options fed.models.mobilenet_v2.Options Sizes.
---@return fed.Model
function models.resnet18(options) end

return models
