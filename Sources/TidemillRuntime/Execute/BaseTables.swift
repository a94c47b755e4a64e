/// The base address of every slot, for each lap of a run.
package struct BaseTables {
  let first: UnsafePointer<UnsafeMutableRawPointer?>
  /// From a lap's table to the next one's; 0 where all laps have the same.
  let stride: Int

  package init(first: UnsafePointer<UnsafeMutableRawPointer?>, stride: Int) {
    self.first = first
    self.stride = stride
  }
}
