import Files
import Foundation
import Tensors
import YAML

extension TrainingSnapshot {
    private static let (progress, losses) = ("progress.json", "losses.f64")
    private static let (model, memory) = ("model.safetensors", "model_memory.safetensors")
    private static let (best, bestMemory) = ("best.safetensors", "best_memory.safetensors")
    private static let (means, variances) = ("means.safetensors", "variances.safetensors")

    /// Adds the training to an archive, every number as it is to the bit.
    ///
    /// - Parameter names: of the trained parameters, in the model's order; no two are equal.
    public func write(to archive: ArchiveWriter, names: [String]) throws(FileError) {
        precondition(Set(names).count == names.count, "TrainingSnapshot: two parameters have one name")
        func add(_ part: String, _ values: [Tensor]) throws(FileError) {
            guard !values.isEmpty else { return }
            try archive.add(part, SafeTensors.data(Dictionary(zip(names, values)) { first, _ in first }))
        }
        func add(_ part: String, memory states: [[String: Tensor]]) throws(FileError) {
            guard states.contains(where: { !$0.isEmpty }) else { return }
            let named = states.enumerated().flatMap { index, state in state.map { ("\(index)/\($0)", $1) } }
            try archive.add(part, SafeTensors.data(Dictionary(named) { first, _ in first }))
        }
        try archive.add(Self.progress, progress.json.prettyText)
        try archive.add(Self.losses, Self.bytes(progress.losses))
        try add(Self.model, parameters)
        try add(Self.memory, memory: observerStates)
        try add(Self.means, progress.optimizer.means)
        try add(Self.variances, progress.optimizer.variances)
        if let best = progress.best {
            try add(Self.best, best.parameters ?? [])
            try add(Self.bestMemory, memory: best.observerStates)
        }
    }

    /// The training in an archive.
    ///
    /// - Parameters:
    ///   - names: of the trained parameters, in the model's order.
    ///   - observerCount: how many observe the updates of the model.
    /// - Throws: ``TrainingError`` where it is not one of these parameters, `TextError` and `CheckpointError` where its parts are not
    ///   what their names say.
    init(_ archive: Archive, names: [String], observerCount: Int) throws {
        func tensors(_ part: String) throws -> [String: Tensor]? {
            // Copied, so that nothing is left of the file in memory.
            try archive.part(part).map { try SafeTensors($0).tensors().mapValues { $0.copy() } }
        }
        func values(_ part: String) throws -> [Tensor]? {
            guard let found = try tensors(part) else { return nil }
            guard found.count == names.count else { throw TrainingError.foreignSnapshot("it has other parameters") }
            return try names.map { name in
                guard let tensor = found[name] else { throw TrainingError.foreignSnapshot("it has no '\(name)'") }
                return tensor
            }
        }
        func memory(_ part: String) throws -> [[String: Tensor]] {
            var states = [[String: Tensor]](repeating: [:], count: observerCount)
            for (name, tensor) in try tensors(part) ?? [:] {
                let parts = name.split(separator: "/", maxSplits: 1)
                guard parts.count == 2, let index = Int(parts[0]), states.indices.contains(index) else {
                    throw TrainingError.foreignSnapshot("its method has another memory")
                }
                states[index][String(parts[1])] = tensor
            }
            return states
        }
        guard let text = archive.text(Self.progress), let losses = archive.data(Self.losses),
            let parameters = try values(Self.model)
        else { throw TrainingError.foreignSnapshot("a part of it is missing") }
        var progress = try TrainingProgress(
            try JSONText.parse(text, file: "\(archive.path): \(Self.progress)"),
            best: try values(Self.best), bestStates: try memory(Self.bestMemory))
        progress.losses = Self.doubles(losses)
        progress.optimizer.means = try values(Self.means) ?? []
        progress.optimizer.variances = try values(Self.variances) ?? []
        self.init(parameters: parameters, observerStates: try memory(Self.memory), progress: progress)
    }

    /// The bits of each value, the lowest byte first.
    private static func bytes(_ values: [Double]) -> Data {
        var data = Data(capacity: values.count * 8)
        for value in values {
            for shift in stride(from: UInt64(0), to: 64, by: 8) {
                data.append(UInt8(truncatingIfNeeded: value.bitPattern &>> shift))
            }
        }
        return data
    }

    private static func doubles(_ data: Data) -> [Double] {
        stride(from: 0, to: data.count - data.count % 8, by: 8).map { start in
            Double(bitPattern: data[start..<start + 8].reversed().reduce(0) { $0 &<< 8 | UInt64($1) })
        }
    }
}
