import Testing

@testable import Training

struct GroupCase: Decodable, Sendable {
    let groupSize: Int
    let lengths: [Int]
    let order: [Int]
    let grouped: [Int]
}

@Suite struct BatchOrderTests {
    static let lengths = (0..<53).map { 5 + $0 * 37 % 29 }

    @Test("An epoch is a permutation that the seed and the epoch decide", arguments: [nil, 4, 8])
    func permutation(group: Int?) {
        let order = BatchOrder(lengths: Self.lengths, batchSize: 4, lengthGroupSize: group, seed: 11)
        let first = order.indices(epoch: 0)
        #expect(first.sorted() == Array(0..<53))
        #expect(first != Array(0..<53))
        #expect(
            first == BatchOrder(lengths: Self.lengths, batchSize: 4, lengthGroupSize: group, seed: 11).indices(epoch: 0)
        )
        #expect(first != order.indices(epoch: 1))
        #expect(
            first != BatchOrder(lengths: Self.lengths, batchSize: 4, lengthGroupSize: group, seed: 12).indices(epoch: 0)
        )
    }

    @Test func batchesCutTheOrder() {
        let order = BatchOrder(lengths: Self.lengths, batchSize: 8, seed: 11)
        let batches = order.batches(epoch: 3)
        #expect(batches.map(\.count) == [8, 8, 8, 8, 8, 8, 5])
        #expect(batches.flatMap { $0 } == order.indices(epoch: 3))
        // The batch size cuts the order and does not change it.
        #expect(BatchOrder(lengths: Self.lengths, batchSize: 3, seed: 11).indices(epoch: 3) == order.indices(epoch: 3))
        #expect(BatchOrder(lengths: [], batchSize: 3, lengthGroupSize: 3, seed: 1).batches(epoch: 0).isEmpty)
    }

    @Test func everyExampleComesFirstSometimes() {
        let order = BatchOrder(lengths: [1, 1, 1, 1, 1], batchSize: 1, seed: 2)
        #expect(Set((0..<100).map { order.indices(epoch: $0)[0] }) == [0, 1, 2, 3, 4])
    }

    @Test("Grouping is that of transformers", arguments: try goldenCases("groups.json") as [GroupCase])
    func matchesReference(expected: GroupCase) {
        let grouped = BatchOrder.grouped(expected.order, lengths: expected.lengths, groupSize: expected.groupSize)
        #expect(grouped == expected.grouped)
    }

    @Test func groupedBatchesHaveSimilarLengths() {
        func spread(_ group: Int?) -> Int {
            BatchOrder(lengths: Self.lengths, batchSize: 4, lengthGroupSize: group, seed: 11).batches(epoch: 0)
                .reduce(0) { sum, batch in
                    let lengths = batch.map { Self.lengths[$0] }
                    return sum + (lengths.max() ?? 0) - (lengths.min() ?? 0)
                }
        }
        #expect(spread(4) * 2 < spread(nil))
    }
}
