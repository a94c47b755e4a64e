import Testing
import Tidemill

/// The same networks on the same splits of the digits as scikit-learn's (Goldens/Learning/scikit_learn.py).
@Suite struct ScikitLearnTests {
  private struct Peer: Decodable {
    let labels: [[Int32]]
    let accuracy: [String: [Double]]
  }

  @Test("The splits are the ones that the peer was trained on")
  func splits() throws {
    let peer = try Goldens.read("scikit_learn.json", as: Peer.self)
    for (index, labels) in peer.labels.enumerated() {
      let test = try Digits.load(seed: UInt64(index + 1)).test
      #expect(Array(try test.labels.scalars(as: Int32.self).prefix(20)) == labels)
    }
  }

  @Test(
    "Classifiers get within 0.5 points of the peer's accuracy, mean of five seeds",
    arguments: [Activation.tanh, .sigmoid, .relu])
  func accuracy(activation: Activation) throws {
    let peer = try #require(
      try Goldens.read("scikit_learn.json", as: Peer.self).accuracy[activation.rawValue])
    var options = TrainingOptions()
    options.optimizer = .adam
    options.learningRate = 0.001
    options.batchSize = 32
    options.epochs = 60
    options.weightDecay = 0
    var sum = 0.0
    for seed in 1...UInt64(peer.count) {
      let digits = try Digits.load(seed: seed)
      options.seed = seed
      let network = Sequential.classifier(
        inputs: 64, hidden: [64], classes: 10, activation: activation)
      let training = try ClassifierTraining(network, features: 64, options)
      try training.run(on: digits.train)
      sum += try training.evaluate(on: digits.test).accuracy
    }
    let (mean, ofPeer) = (sum / Double(peer.count), peer.reduce(0, +) / Double(peer.count))
    #expect(mean >= ofPeer - 0.005, "\(activation): \(mean), scikit-learn \(ofPeer)")
  }
}
