import Tidemill

let digits = try Digits.load()
let network = Sequential {
  Linear(64, 256)
  ReLU()
  Linear(256, 10)
}
let weights = try network.initialize(seed: 1)

// One training step, compiled to stay within 64 MiB: state, arena, outputs and workspaces.
let train = try compile(memoryBudget: .bytes(64 << 20)) { g in
  let images = g.input("images", [64, 64])
  let labels = g.input("labels", [64], .int32)
  let rate = g.input("rate", [])
  let loss = softmaxCrossEntropy(network(images, .training), labels: labels)
  g.minimize(loss, over: network.parameters, with: SGD(learningRate: rate, momentum: 0.9))
  return loss
}
print("a session uses \(train.memory.totalBytes / 1024) KiB")

// The last batch of an epoch is smaller: the closure is compiled once more for it.
let session = try train.session(weights)
for epoch in 1...10 {
  var total = 0.0
  for batch in try digits.train.batches(of: 64, seed: 1, epoch: epoch) {
    let loss = try session.run(batch.images, batch.labels, 0.05)
    total += try loss.item() * Double(batch.count)
  }
  print("epoch \(epoch): loss \(Float(total / Double(digits.train.count)))")
}

// The same network and the same numbers, for one image at a time.
let infer = try compile { g in softmax(network(g.input("image", [1, 64]))) }
let probabilities = try infer.session(weights).run(digits.test.image(0)).doubles
for (digit, probability) in probabilities.enumerated() where probability > 0.01 {
  print("a \(digit) with probability \(Float(probability))")
}
print("and it is a \(try digits.test.label(0))")

try Safetensors(weights.tensors).write(to: "digits.safetensors")
