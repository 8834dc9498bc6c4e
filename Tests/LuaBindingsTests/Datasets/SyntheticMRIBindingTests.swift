import LuaBindings
import LuaRuntime
import TestSupport
import Testing

@Suite("Synthetic MRI in scripts") struct SyntheticMRIBindingTests {
  /// Runs a script and returns what it returns, as text.
  private func result(_ code: String) throws -> String {
    try HostModules.open().evaluate("local function run() \(code) end\nreturn tostring(run())", as: String.self)
  }

  @Test("A client for each scanner, and masks that follow the samples")
  func sites() throws {
    let code = """
      local names = { 't2_sharp', 'flair_motion', 't1_contrast' }
      local set = fed.data.synthetic_mri { count = 30, size = 16, scanners = names, seed = 4 }
      local parts = fed.partition.by_site(set)
      for client, part in ipairs(parts) do
        local masks, labels = part:masks():to('float32'), part:labels()
        assert(#part == 10 and select(4, part:origin(10)) == names[client])
        for i = 1, 10 do assert((masks[i]:sum():item() > 0) == (labels[i] == 1)) end
      end
      return #parts
      """
    #expect(try result(code) == "3")
  }

  @Test("A scanner may be a table that changes a named one")
  func ownScanner() throws {
    let code = """
      local function mean(scanner)
        return fed.data.synthetic_mri { count = 5, size = 32, scanner = scanner }:batch():mean():item()
      end
      local dark = { base = 't2_sharp', name = 'dark', scale = 0.4 }
      local set = fed.data.synthetic_mri { count = 5, size = 32, scanners = { 't2_sharp', dark } }
      return select(4, set:origin(2)) .. ' ' .. tostring(mean(dark) < 0.5 * mean('t2_sharp'))
      """
    #expect(try result(code) == "dark true")
  }

  @Test("All listed scanners can be asked for, together")
  func listedScanners() throws {
    let code = """
      local names = {}
      for i, scanner in ipairs(fed.data.mri_scanners()) do names[i] = scanner.name end
      return #names == #fed.partition.by_site(fed.data.synthetic_mri { count = 16, size = 16, scanners = names })
      """
    #expect(try result(code) == "true")
  }

  @Test("Slices of a patient are a group, and classes can be kinds of lesions")
  func groups() throws {
    let code = """
      local set = fed.data.synthetic_mri { count = 6, size = 16, slices_per_patient = 3, classes = 'kind' }
      local function group(i) return (select(3, set:origin(i))) end
      return table.concat(set.class_names, ' ') .. ' ' .. tostring(group(1) == group(3) and group(3) ~= group(4))
      """
    #expect(try result(code) == "no_lesion glioma meningioma metastasis true")
  }

  @Test("A grid with outlines is written and read back")
  func pictures() throws {
    let folder = try TemporaryFolder()
    let code = """
      local set = fed.data.synthetic_mri { count = 6, size = 32, lesion_share = 1 }
      local path = '\(folder.path)/grid.png'
      assert(fed.images.save(fed.images.outline(set:batch(), set:masks()), path, { columns = 3, gap = 2 }))
      local picture = fed.images.decode(path)
      local done, message = pcall(fed.images.save, set:batch { 1 }, '\(folder.path)/no/grid.png')
      return table.concat(picture.shape, ' ') .. ' ' .. tostring(done) .. ' ' .. message:match('cannot be written')
      """
    #expect(try result(code) == "3 66 100 false cannot be written")
  }
}
