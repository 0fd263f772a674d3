import Files
import Foundation
import Models
import NN
import Results
import Tensors

/// Computes what a run keeps of the frozen part of its model, or finds it on disk.
///
/// It only saves time: whatever goes wrong with a file is told, and the same is computed in memory, or in every step.
struct ActivationKeeper {
    private let model: TunedModel
    private let plan: ActivationPlan
    private let budget: Int
    private let free: () -> Int?
    private let report: (RunEvent) throws -> Void
    private let isInterrupted: () -> Bool

    /// - Parameter report: told how far it is, and what goes wrong.
    init(
        _ assembly: Assembly, free: @escaping () -> Int? = { FreeMemory.bytes() },
        _ report: @escaping (RunEvent) throws -> Void, isInterrupted: @escaping () -> Bool
    ) {
        model = assembly.model
        plan = assembly.activations
        budget = assembly.resolved.manifest.train.activations.bytes
        self.free = free
        self.report = report
        self.isInterrupted = isInterrupted
    }

    /// The activations of one data set, where the plan keeps them; what became of them goes into `use`.
    ///
    /// - Throws: what `report` throws, and `ScoringInterrupted`.
    func table(_ features: [Feature], _ use: inout ActivationPlan.Use, _ file: ActivationFile?) throws
        -> ActivationTable?
    {
        guard let depth = plan.depth(of: use), let place = use.place else { return nil }
        let work = Work(model, features, depth)
        guard place == .disk, let file else { return try inMemory(work) }
        if let rows = try found(file, work) {
            file.touch()
            use.isStored = true
            return work.table(rows)
        }
        use.isStored = false
        do {
            if let free = file.freeBytes, free < use.bytes + use.bytes / 16 {
                throw ActivationFile.Damage(description: "only \(FigureText.bytes(free)) of the disk are left")
            }
            try file.write(
                rows: work.rowCount, columns: work.columns, blocks: work.blocks.count, leaving: budget - use.bytes
            ) { write in try work.compute(progress) { part, _ in try write(part) } }
            return work.table(try file.rows(columns: work.columns, blocks: work.rowBlocks))
        } catch let error where error is FileError || error is ActivationFile.Damage {
            let fits = free().map { use.bytes <= $0 / 2 } ?? true
            (use.place, use.reason) = fits ? (.memory, nil) : (nil, "the file could not be written")
            try tell("\(file.path) could not be written (\(error)); \(fits ? "kept in memory" : "nothing is kept").")
            return fits ? try inMemory(work) : nil
        }
    }

    private func inMemory(_ work: Work) throws -> ActivationTable {
        var rows = Tensor.zeros([work.rowCount, work.columns])
        try work.compute(progress) { part, row in rows.replaceRows(from: row, by: part) }
        return work.table(rows)
    }

    /// The rows in a file that is there, whole, and what would be computed now: the smallest block is, and compared.
    private func found(_ file: ActivationFile, _ work: Work) throws -> Tensor? {
        guard file.exists else { return nil }
        do {
            let rows = try file.rows(columns: work.columns, blocks: work.rowBlocks)
            guard let smallest = work.blocks.indices.min(by: { work.rowBlocks[$0].count < work.rowBlocks[$1].count }),
                work.compute(work.blocks[smallest]) != rows.rows(work.rowBlocks[smallest])
            else { return rows }
            throw ActivationFile.Damage(description: "it was computed by another version or machine")
        } catch let error where error is FileError || error is ActivationFile.Damage {
            try tell("\(file.path) cannot be used (\(error)); computed anew.")
            return nil
        }
    }

    private func progress(_ done: Int, _ total: Int) throws {
        try report(.keeping(done: done, total: total))
        if done < total, isInterrupted() { throw ScoringInterrupted() }
    }

    private func tell(_ text: String) throws { try report(.activations("Activations: \(text)")) }

    /// A data set that the frozen part is to go over.
    private struct Work {
        let model: TunedModel
        let features: [Feature]
        let depth: FrozenDepth
        let offsets: [Int]
        let blocks: [Range<Int>]

        init(_ model: TunedModel, _ features: [Feature], _ depth: FrozenDepth) {
            self.model = model
            self.features = features
            self.depth = depth
            offsets = ActivationTable.offsets(features, depth, model.head.reading)
            blocks = ActivationTable.blocks(features)
        }

        var rowCount: Int { offsets.last ?? 0 }
        var columns: Int { model.backbone.hiddenSize }
        /// The rows of each block.
        var rowBlocks: [Range<Int>] { blocks.map { offsets[$0.lowerBound]..<offsets[$0.upperBound] } }

        func table(_ rows: Tensor) -> ActivationTable { ActivationTable(depth: depth, rows: rows, offsets: offsets) }

        /// The rows of some features.
        func compute(_ block: Range<Int>) -> Tensor { model.frozenStates(of: Batch(features[block]), to: depth) }

        /// Gives all blocks in their order, each with its first row.
        func compute(
            _ progress: (_ done: Int, _ total: Int) throws -> Void, _ body: (_ part: Tensor, _ row: Int) throws -> Void
        ) throws {
            for block in blocks {
                try body(compute(block), offsets[block.lowerBound])
                try progress(block.upperBound, features.count)
            }
        }
    }
}
