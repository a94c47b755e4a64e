/// The colours of a chart, on a light background and on a dark one.
///
/// What a picture says by itself is for a light background; its style changes that where the reader prefers a dark
/// one. Whoever shows pictures without styles shows the light one, with its background.
package enum ChartColors {
  /// A colour in both pictures.
  package struct Pair {
    package let light: String
    package let dark: String
  }

  /// The background.
  package static let paper = Pair(light: "#ffffff", dark: "#0d1117")
  /// Texts and axes.
  package static let ink = Pair(light: "#1f2328", dark: "#e6edf3")
  /// The grid.
  package static let grid = Pair(light: "#d8dee4", dark: "#30363d")
  /// Series, told apart by those too who see fewer colours.
  ///
  /// **Source**: Okabe, Ito: Color universal design, 2008; here darker, and lighter.
  package static let series = [
    Pair(light: "#0072b2", dark: "#56b4e9"), Pair(light: "#c75400", dark: "#f0883e"),
    Pair(light: "#007a5a", dark: "#2fc99a"), Pair(light: "#a8487f", dark: "#e29ac4"),
    Pair(light: "#8a6d00", dark: "#e3c53d"), Pair(light: "#57606a", dark: "#9ea7b3"),
    Pair(light: "#6f42c1", dark: "#b794f6"), Pair(light: "#b3261e", dark: "#ff8a80"),
    Pair(light: "#00707f", dark: "#4dd0e1"), Pair(light: "#5c7a00", dark: "#b5d334"),
  ]

  static let style =
    "@media (prefers-color-scheme: dark) { .paper { fill: \(paper.dark) } "
    + ".ink { color: \(ink.dark) } .grid { stroke: \(grid.dark) } "
    + series.enumerated().map { ".s\($0) { color: \($1.dark) }" }.joined(separator: " ") + " }"
}
