import Foundation
import FoundationXML
import Testing

/// What an XML parser finds in a picture.
final class SVGReader: NSObject, XMLParserDelegate {
  /// Every element, in the order in which they start.
  private(set) var elements: [(name: String, attributes: [String: String], text: String)] = []
  private var open: [Int] = []

  init(_ picture: String) throws {
    super.init()
    let parser = XMLParser(data: Data(picture.utf8))
    parser.delegate = self
    try #require(parser.parse(), "\(parser.parserError.map { "\($0)" } ?? "")")
  }

  /// The elements of a name.
  func all(_ name: String) -> [(name: String, attributes: [String: String], text: String)] {
    elements.filter { $0.name == name }
  }

  /// The numbers of all paths, places and lengths; NaN for what is none.
  var coordinates: [Double] {
    elements.flatMap { element in
      ["d", "x", "y", "width", "height", "transform", "viewBox"].flatMap { name in
        (element.attributes[name] ?? "")
          .replacingOccurrences(
            of: "translate|rotate|[MLHVhvz%() ]", with: " ", options: .regularExpression
          )
          .split(separator: " ").map { Double($0).flatMap { $0.isFinite ? $0 : nil } ?? .nan }
      }
    }
  }

  func parser(
    _ parser: XMLParser, didStartElement name: String, namespaceURI: String?,
    qualifiedName: String?, attributes: [String: String]
  ) {
    open.append(elements.count)
    elements.append((name, attributes, ""))
  }

  func parser(_ parser: XMLParser, foundCharacters string: String) {
    if let last = open.last { elements[last].text += string }
  }

  func parser(
    _ parser: XMLParser, didEndElement name: String, namespaceURI: String?, qualifiedName: String?
  ) {
    open.removeLast()
  }
}
