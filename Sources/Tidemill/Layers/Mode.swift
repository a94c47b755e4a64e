/// What a layer is recorded for.
///
/// Few layers differ: dropout drops in training and is nothing in inference. The mode is an argument, so that a training
/// step and an evaluation of the same network are two graphs, and neither changes what the other does.
public enum Mode: Hashable, Sendable, CaseIterable {
  /// A step that changes parameters.
  case training
  /// What the trained network is for; also evaluation.
  case inference
}
