import Foundation
import Testing
import Tidemill

/// Data sets are found by name, and what is missing or wrong says what to do.
@Suite struct DataSourceTests {
  let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  /// A folder with 3 images to train on and 2 to test on, 2 x 2 pixels, and what `change` does to
  /// it.
  func idxFolder(
    test: String = "t10k", packed: Bool = false, labels: [UInt8] = [0, 2, 1],
    testLabels: [UInt8] = [2, 0]
  ) throws {
    func write(_ name: String, _ bytes: [UInt8]) throws {
      _ = try folder.file(packed ? name + ".gz" : name, packed ? gzip(bytes) : bytes)
    }
    let pixels: [UInt8] = [0, 51, 102, 255, 1, 2, 3, 4, 5, 6, 7, 8]
    try write("train-images-idx3-ubyte", idx(.uint8, [3, 2, 2], pixels))
    try write("train-labels-idx1-ubyte", idx(.uint8, [labels.count], labels))
    try write("\(test)-images-idx3-ubyte", idx(.uint8, [2, 2, 2], Array(pixels[..<8])))
    try write("\(test)-labels-idx1-ubyte", idx(.uint8, [testLabels.count], testLabels))
  }

  func refusal(_ name: String) -> String {
    let error = failure { _ = try DataSource.named(name) }
    #expect(error.code == .data)
    return error.message
  }

  @Test(arguments: [("t10k", false), ("test", true)])
  func aFolderIsRead(test: String, packed: Bool) throws {
    try idxFolder(test: test, packed: packed)
    let split = try DataSource.named(folder.path)
    #expect(split.train.name == URL(fileURLWithPath: folder.path).lastPathComponent)
    #expect(split.train.classes == 3)
    #expect(split.train.imageHeight == 2 && split.train.imageWidth == 2)
    #expect(try split.train.image(0) == Tensor([0, 0.2, 0.4, 1] as [Float], shape: [1, 4]))
    #expect(try split.train.labels == Tensor([Int32(0), 2, 1]))
    #expect(split.test.count == 2)
  }

  @Test func unknownNamesListWhatExists() {
    #expect(
      refusal("mnist-9000")
        == "There is no data set 'mnist-9000'. Use digits, fashion-mnist or the path of an NPZ or "
        + "CSV file or of a folder with IDX files, NPY files or pictures.")
    #expect(refusal("").hasPrefix("There is no data set ''."))
  }

  /// A header is what is not all numbers; the column of classes is `label`, else the last.
  @Test(arguments: [
    "a,label,b\n1,0,3\n4,1,6\n7,0,9\n1,1,2\n5,0,6\n", "a,b,c\n1,3,0\n4,6,1\n7,9,0\n1,2,1\n5,6,0\n",
    "1,3,0\n4,6,1\n7,9,0\n1,2,1\n5,6,0\n",
  ])
  func tablesAreRead(text: String) throws {
    let plain = try folder.file("f.csv", Array(text.utf8))
    let packed = try folder.file("f.csv.gz", gzip(Array(text.utf8)))
    for path in [plain, packed] {
      let split = try DataSource.named(path, seed: 3)
      #expect(split.train.count == 4 && split.test.count == 1 && split.train.classes == 2)
      let rows = [split.train, split.test].flatMap { part in
        (0..<part.count).map {
          Array(part.images.doubles[2 * $0..<2 * $0 + 2]) + [part.labels.doubles[$0]]
        }
      }
      #expect(
        rows.sorted { ($0[0], $0[1]) < ($1[0], $1[1]) }
          == [[1, 2, 1], [1, 3, 0], [4, 6, 1], [5, 6, 0], [7, 9, 0]])
    }
  }

  @Test func missingFoldersAndFilesAreNamed() throws {
    let none = folder("none")
    #expect(refusal(none) == "\(none): there is no such file or folder of data.")
    let file = try folder.file("file", [1])
    #expect(
      refusal(file)
        == "\(file): is a file that is called neither .npz nor .csv, and otherwise a data "
        + "set is a folder with IDX files, NPY files or pictures.")
    #expect(
      refusal(folder.path)
        == "\(folder.path): has neither IDX files like train-images-idx3-ubyte, with or without .gz, "
        + "nor NPY files like x_train.npy, nor folders of pictures, one for each class.")
    #expect(
      failure { _ = try IDXFolder.load(folder.path) }.message
        == "\(folder.path): has no file train-images-idx3-ubyte, with or without .gz.")
    #expect(
      failure { _ = try IDXFolder.load(none) }.message
        == "\(none): there is no such folder of data.")
    #expect(
      failure { _ = try IDXFolder.load(file) }.message
        == "\(file): is a file, but a data set is a folder with files like train-images-idx3-ubyte."
    )
    try idxFolder()
    try FileManager.default.removeItem(atPath: folder("t10k-labels-idx1-ubyte"))
    #expect(
      refusal(folder.path)
        == "\(folder.path): has no file t10k-labels-idx1-ubyte or test-labels-idx1-ubyte, with or "
        + "without .gz.")
  }

  @Test func missingFashionMNISTSaysHowToInstallIt() {
    let error = failure { _ = try FashionMNIST.load(folder: folder("none")) }
    #expect(error.code == .data)
    #expect(
      error.message == "Fashion-MNIST is not in \(folder("none")). Install it with 'apt install "
        + "dataset-fashion-mnist', or give a folder that holds its IDX files.")
    #expect(failure { _ = try FashionMNIST.load(from: ["/a", "/b"]) }.message.contains("/a or /b"))
  }

  @Test func labelsThatDoNotFitAreNamed() throws {
    let name = URL(fileURLWithPath: folder.path).lastPathComponent
    try idxFolder(testLabels: [2, 3])
    #expect(
      refusal(folder.path)
        == "\(name): the label of sample 1 is 3, but labels must be from 0 to 2.")
    try idxFolder(labels: [0, 1])
    #expect(
      refusal(folder.path)
        == "\(name): there are 3 images, but 2 labels. Each image needs one label.")
    try idxFolder(labels: [0, 10, 1])
    let error = failure { _ = try FashionMNIST.load(folder: folder.path) }
    #expect(
      error.message
        == "fashion-mnist: the label of sample 1 is 10, but labels must be from 0 to 9.")
  }

  @Test func labelsWithAGapBelowAreNamed() throws {
    let path = folder("train-labels-idx1-ubyte")
    let advice =
      "where nobody says how many classes there are, each class below the largest label needs "
      + "samples. Correct the label, number the classes without gaps, or give the number of classes "
      + "to IDXFolder.load."
    try idxFolder(labels: [1, 255, 0])
    #expect(
      refusal(folder.path)
        == "\(path): sample 1 has the label 255, but no sample has the label 2: \(advice)")
    try idxFolder(labels: [3, 8, 3])
    #expect(
      refusal(folder.path)
        == "\(path): sample 0 has the label 3, but no sample has the label 1: \(advice)")
    #expect(try IDXFolder.load(folder.path, classes: 9).train.classes == 9)
    // Labels may count from 1.
    try idxFolder(labels: [2, 1, 3], testLabels: [3, 1])
    #expect(try DataSource.named(folder.path).train.classes == 4)
    try idxFolder(labels: [0, 0, 0], testLabels: [0, 0])
    #expect(try DataSource.named(folder.path).train.classes == 1)
  }

  @Test func filesOfTheWrongKindAreNamed() throws {
    try idxFolder()
    let images = try folder.file("train-images-idx3-ubyte", idx(.uint8, [12], .init(0..<12)))
    #expect(
      refusal(folder.path)
        == "\(images): expected images as uint8[N, height, width], but found uint8[12].")
    _ = try folder.file("train-images-idx3-ubyte", idx(.uint8, [0, 2, 2], []))
    #expect(refusal(folder.path) == "\(images): holds no pixels: its shape is [0, 2, 2].")
    try idxFolder()
    let labels = try folder.file(
      "train-labels-idx1-ubyte", idx(.float32, [1], [0, 0, 0, 0]))
    #expect(
      refusal(folder.path)
        == "\(labels): expected labels as integers of shape [N], but found float32[1].")
  }

  @Test func brokenFilesAreNamed() throws {
    try idxFolder(packed: true)
    let path = folder("train-images-idx3-ubyte.gz")
    _ = try folder.file("train-images-idx3-ubyte.gz", Array(try contents(path).dropLast(9)))
    let error = failure { _ = try DataSource.named(folder.path) }
    #expect(error.code == .file)
    #expect(error.message.hasPrefix("\(path): the gzip data is truncated"))
  }

  /// Debian's files where they are installed: sizes, balance and first labels are the known ones.
  @Test(.enabled(if: FileManager.default.fileExists(atPath: FashionMNIST.folders[0])))
  func fashionMNISTIsTheOriginal() throws {
    let folder = FashionMNIST.folders[0]
    let images = try IDXFile(path: "\(folder)/t10k-images-idx3-ubyte.gz")
    #expect(images.shape == [10_000, 28, 28])
    let labels = try IDXFile(path: "\(folder)/t10k-labels-idx1-ubyte.gz").tensor()
    let numbers = try labels.scalars(as: Int32.self)
    for label in 0..<10 { #expect(numbers.filter { $0 == Int32(label) }.count == 1_000) }
    #expect(numbers.prefix(6) == [9, 2, 1, 1, 6, 1])
  }
}
