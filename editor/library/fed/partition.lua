---@meta fed.partition
-- Written by `fedlua meta`; the declarations that `help` shows are the source.
error("this file tells an editor of fed; a script says: local fed = require 'fed'")

---Ways to deal a data set out to clients.
---@class fed.partition
local partition = {}

---@class fed.partition.by_group.Options
---@field ids? string[]|integer[]|fed.Tensor Group of each sample, as a text or a number; without it, the groups that the set has.
---@field minimum_samples? integer Groups of fewer samples are left out. Must be at least 1. (default `1`)

---Gives each client the samples of one group, such as a patient, a writer or a user.
---
---Returns: The partition: #parts clients, parts[i] the set of client i.
---
---Fails: The set has no groups, and no ids are given.
---
---Fails: No group has as many samples as asked for.
---@param dataset fed.Dataset What to deal out.
---@param options? fed.partition.by_group.Options The groups, where the set has none.
---@return fed.Partition
function partition.by_group(dataset, options) end

---@class fed.partition.by_site.Options
---@field sites? string[] Sites in the order of the clients; without them, all as they first appear. Others are left out.
---@field ids? string[]|integer[]|fed.Tensor Site of each sample, as a text or a number; without it, what the samples know.
---@field minimum_samples? integer Without sites, those of fewer samples are left out. Must be at least 1. (default `1`)

---Gives each client the samples of one site, such as a scanner or a hospital.
---
---Returns: The partition: #parts clients, parts[i] the set of client i.
---@param dataset fed.Dataset What to deal out.
---@param options? fed.partition.by_site.Options Which sites, in which order.
---@return fed.Partition
function partition.by_site(dataset, options) end

---@class fed.partition.clustered_dirichlet.Options
---@field clients integer How many clients. Must be at least 1.
---@field clusters? integer Groups of classes. Must be at least 1. (default `3`)
---@field concentration? number Small: a group goes to few clients. Must be above 0. (default `0.4`)
---@field dataset fed.Dataset What to deal out.
---@field seed? integer Seed. (default `1`)

---Groups the classes at random, draws a client's share of each group from a Dirichlet distribution, and deals each sample by the shares of its group: clients are mixtures of as many distributions as there are groups.
---
---Returns: A data set for each client that got samples.
---
---Source: Marfoq et al., NeurIPS 2021, https://arxiv.org/abs/2108.10252, appendix I.1
---@param options fed.partition.clustered_dirichlet.Options What it may be told.
---@return fed.Dataset[]
function partition.clustered_dirichlet(options) end

---@class fed.partition.dirichlet.Options
---@field clients integer Number of clients. Must be at least 1.
---@field minimum_samples? integer Fewest samples of a client. Must be at least 1. (default `10`)
---@field seed? integer The same seed deals the same way. (default `1`)
---@field by? string What no client shares with another: group or sample; without it, groups where the set has some. Must be 'sample' or 'group'.
---@field concentration number Above 0; small numbers give each class to few clients.

---Deals each class in shares drawn from a Dirichlet distribution over the clients.
---
---Returns: The partition: #parts clients, parts[i] the set of client i.
---
---Source: Yurochkin et al., ICML 2019, https://arxiv.org/abs/1905.12022, section 4
---@param dataset fed.Dataset What to deal out.
---@param options fed.partition.dirichlet.Options Number of clients, concentration and seed.
---@return fed.Partition
function partition.dirichlet(dataset, options) end

---@class fed.partition.identical.Options
---@field clients integer Number of clients. Must be at least 1.
---@field minimum_samples? integer Fewest samples of a client. Must be at least 1. (default `10`)
---@field seed? integer The same seed deals the same way. (default `1`)
---@field by? string What no client shares with another: group or sample; without it, groups where the set has some. Must be 'sample' or 'group'.

---Deals samples at random, equally many to each client.
---
---Returns: The partition: #parts clients, parts[i] the set of client i.
---@param dataset fed.Dataset What to deal out.
---@param options fed.partition.identical.Options Number of clients and seed.
---@return fed.Partition
function partition.identical(dataset, options) end

---@class fed.partition.label_skew.Options
---@field clients integer Number of clients. Must be at least 1.
---@field minimum_samples? integer Fewest samples of a client. Must be at least 1. (default `10`)
---@field seed? integer The same seed deals the same way. (default `1`)
---@field by? string What no client shares with another: group or sample; without it, groups where the set has some. Must be 'sample' or 'group'.
---@field share number From 0 to 1: how much of a class goes to the clients that prefer it.

---Gives each class mostly to the clients that prefer it.
---
---Returns: The partition: #parts clients, parts[i] the set of client i.
---
---Source: Fang et al., USENIX Security 2020, https://arxiv.org/abs/1911.11815, section 4.1
---@param dataset fed.Dataset What to deal out.
---@param options fed.partition.label_skew.Options Number of clients, share and seed.
---@return fed.Partition
function partition.label_skew(dataset, options) end

---@class fed.partition.quantity_skew.Options
---@field clients integer Number of clients. Must be at least 1.
---@field minimum_samples? integer Fewest samples of a client. Must be at least 1. (default `10`)
---@field seed? integer The same seed deals the same way. (default `1`)
---@field by? string What no client shares with another: group or sample; without it, groups where the set has some. Must be 'sample' or 'group'.
---@field deviation? number From 0 to 10: standard deviation of the amounts' logarithm. Must be from 0 to 10. (default `1`)

---Deals at random, in amounts that are log-normally distributed.
---
---Returns: The partition: #parts clients, parts[i] the set of client i.
---@param dataset fed.Dataset What to deal out.
---@param options fed.partition.quantity_skew.Options Number of clients, deviation and seed.
---@return fed.Partition
function partition.quantity_skew(dataset, options) end

---@class fed.partition.shards.Options
---@field clients integer Number of clients. Must be at least 1.
---@field minimum_samples? integer Fewest samples of a client. Must be at least 1. (default `10`)
---@field seed? integer The same seed deals the same way. (default `1`)
---@field by? string What no client shares with another: group or sample; without it, groups where the set has some. Must be 'sample' or 'group'.
---@field shards_per_client? integer About the number of classes a client sees. Must be at least 1. (default `2`)

---Sorts samples by class, cuts them into equal shards and deals each client some.
---
---Returns: The partition: #parts clients, parts[i] the set of client i.
---
---Source: McMahan et al., AISTATS 2017, https://arxiv.org/abs/1602.05629, section 3
---@param dataset fed.Dataset What to deal out.
---@param options fed.partition.shards.Options Number of clients, shards and seed.
---@return fed.Partition
function partition.shards(dataset, options) end

return partition
