// What an embedder needs comes with `import Tidemill`.
@_exported import struct TidemillCompiler.InstructionSet
@_exported import struct TidemillCompiler.MemoryBudget
@_exported import struct TidemillCompiler.MemoryReport
@_exported import enum TidemillCompiler.PlanFileUse
@_exported import TidemillGraph
@_exported import class TidemillRuntime.ParameterStore
@_exported import struct TidemillTopology.Topology
