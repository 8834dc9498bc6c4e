--- Finds groups of any density among points of which only the distances are known, and says who belongs to none.
local fed = require "fed"
local util = require "fed.util"

local least_distance = 1e-150 -- stands for 0, whose reciprocal is no number

--- Distances of which none is below that of either point to its neighbour at a rank: sparse surroundings lie far off.
local function mutual_reachability(distances, rank)
  local n, core, result = #distances, {}, {}
  for i = 1, n do
    local row = {}
    for j = 1, n do if j ~= i then row[#row + 1] = distances[i][j] end end
    table.sort(row)
    core[i] = row[math.min(rank, n - 1)] or 0
  end
  for i = 1, n do
    result[i] = {}
    for j = 1, n do result[i][j] = math.max(core[i], core[j], distances[i][j], least_distance) end
  end
  return result
end

--- The edges of a minimum spanning tree, shortest first: Prim's algorithm.
local function spanning_edges(reach)
  local n, edges, nearest, from, is_in = #reach, {}, {}, {}, { true }
  local last = 1
  for _ = 2, n do
    local best
    for j = 1, n do
      if not is_in[j] then
        if not nearest[j] or reach[last][j] < nearest[j] then nearest[j], from[j] = reach[last][j], last end
        if not best or nearest[j] < nearest[best] then best = j end
      end
    end
    edges[#edges + 1] = { distance = nearest[best], from[best], best, place = #edges }
    is_in[best], last = true, best
  end
  table.sort(edges, function(a, b)
    return a.distance < b.distance or a.distance == b.distance and a.place < b.place
  end)
  return edges
end

--- The tree of single linkage: each node joins others at a distance, all at once that are joined at the same one, so
--- that the order of the points does not matter; the leaves are the points.
local function linkage_tree(edges, n)
  local parent, root = {}, {}
  for i = 1, n do root[i] = { size = 1, point = i } end
  local function find(i)
    while parent[i] do i = parent[i] end
    return i
  end
  local top = root[1]
  for _, edge in ipairs(edges) do
    local a, b = find(edge[1]), find(edge[2])
    top = { distance = edge.distance, size = root[a].size + root[b].size }
    for _, part in ipairs { root[a], root[b] } do
      local parts = part.distance == edge.distance and part or { part }
      table.move(parts, 1, #parts, #top + 1, top)
    end
    parent[b], root[a] = a, top
  end
  return top
end

--- Calls `body` for the points below a node.
local function each_point(node, body)
  local stack = { node }
  while #stack > 0 do
    local top = table.remove(stack)
    if top.point then body(top.point) else table.move(top, 1, #top, #stack + 1, stack) end
  end
end

local function opened(clusters, birth, parent)
  local cluster = { birth = birth, members = {}, children = {}, stability = 0 }
  clusters[#clusters + 1] = cluster
  if parent then parent.children[#parent.children + 1] = cluster end
  return cluster
end

local function fall_out(cluster, node, density)
  each_point(node, function(point) cluster.members[#cluster.members + 1] = { point = point, density = density } end)
  cluster.stability = cluster.stability + (density - cluster.birth) * node.size
end

--- The clusters that live long: walking down from the root, a part smaller than `least` falls out of its cluster, and
--- where two parts or more are large the cluster ends and each begins one. Members fall out at a density.
local function condense(top, least)
  local clusters = {}
  local stack = { { top, opened(clusters, 0) } }
  while #stack > 0 do
    local node, cluster = table.unpack(table.remove(stack))
    local density, large = 1 / node.distance, {}
    for _, part in ipairs(node) do
      if part.size >= least then large[#large + 1] = part else fall_out(cluster, part, density) end
    end
    for _, part in ipairs(large) do
      if #large == 1 then
        stack[#stack + 1] = { part, cluster }
      else
        cluster.stability, cluster.death = cluster.stability + (density - cluster.birth) * part.size, density
        stack[#stack + 1] = { part, opened(clusters, density, cluster) }
      end
    end
  end
  return clusters
end

--- Of a cluster and those inside of it, chooses what has the larger stability.
local function choose(clusters, allows_root)
  local chosen = {}
  local function drop(cluster)
    chosen[cluster] = nil
    for _, child in ipairs(cluster.children) do drop(child) end
  end
  for place = #clusters, 1, -1 do
    local cluster, inside = clusters[place], 0
    for _, child in ipairs(cluster.children) do inside = inside + child.stability end
    if place == 1 and not allows_root then break end
    if #cluster.children > 0 and inside > cluster.stability then
      cluster.stability = inside
    else
      drop(cluster)
      chosen[cluster] = true
    end
  end
  return chosen
end

--- Gives the points of a chosen cluster its label, those of clusters inside of it too.
local function mark(cluster, label, labels, least)
  for _, member in ipairs(cluster.members) do
    if member.density >= least then labels[member.point] = label end
  end
  for _, child in ipairs(cluster.children) do mark(child, label, labels, 0) end
end

--- The density that a point of the root needs: the root holds everything, so only its core is a group.
local function core_density(root)
  local density = root.death or 0
  for _, member in ipairs(root.members) do density = math.max(density, member.density) end
  return density
end

local function make(options, path)
  local given = options.distances
  local distances = type(given) == "userdata" and given:to_table() or given
  local n, labels, label = #distances, {}, 0
  if options.min_cluster_size < 2 then
    util.fail(("%s: min_cluster_size = %d is too small; 2 or more is needed"):format(path, options.min_cluster_size))
  end
  for i = 1, n do labels[i] = 0 end
  if n < 2 then return labels end
  local edges = spanning_edges(mutual_reachability(distances, options.min_samples or options.min_cluster_size))
  local clusters = condense(linkage_tree(edges, n), options.min_cluster_size)
  local chosen = choose(clusters, options.allow_single_cluster)
  for place, cluster in ipairs(clusters) do
    if chosen[cluster] then
      label = label + 1
      mark(cluster, label, labels, place == 1 and core_density(cluster) or 0)
    end
  end
  return labels
end

return fed.define {
  "Finds groups of any density among points of which only the distances are known, and says who belongs to none: the "
    .. "groups are what stays together longest while the distance that joins neighbours shrinks.",
  options = {
    distances = { "Distances of all pairs: a tensor [n, n] or a table of rows.", type = "any" },
    min_cluster_size = { 5, "Least members of a group." },
    min_samples = {
      nil, "Which nearest other point tells how dense a point's surroundings are; min_cluster_size without it.",
      type = "integer", at_least = 1,
    },
    allow_single_cluster = { false, "Whether all points may be one group." },
  },
  returns = { "integer[]", "The group of each point from 1, and 0 for those that belong to none." },
  source = "Campello et al., ACM TKDD 2015, https://doi.org/10.1145/2733381",
  deviation = "As in the library hdbscan, a point is not its own first neighbour (in scikit-learn it is), and where "
    .. "all is one group its points are those that stay to the end. Other than there, what is joined at one distance "
    .. "is joined at once, so that the order of the points decides nothing.",
  example = {
    [[
local x = { 0, 0.1, 0.2, 5, 5.1, 5.3, 50 }
local distances = {}
for i, a in ipairs(x) do
  distances[i] = {}
  for j, b in ipairs(x) do distances[i][j] = math.abs(a - b) end
end
print(table.concat(fed.math.hdbscan { distances = distances, min_cluster_size = 3, min_samples = 1 }, " "))]],
    prints = "1 1 1 2 2 2 0",
  },
  make = make,
}
