import Testing

@testable import Tensors

@Suite("Products in bfloat16")
struct BFloat16Tests {
    @Test("a float is rounded to the nearest of fewer digits, ties to even, and back is exact")
    func rounding() {
        let values: [Float] = [1, 0x1.01p0, 0x1.01001p0, 0x1.03p0, 0, -0.0, .infinity, 0x1p-130, 3.4e38]
        let rounded: [Float] = [1, 1, 0x1.02p0, 0x1.04p0, 0, -0.0, .infinity, 0x1p-130, .infinity]
        let back = BFloat16Tensor(Tensor([values.count], values)).float32
        #expect(back == Tensor([rounded.count], rounded))
        #expect(BFloat16Tensor(Tensor([1], [.nan])).float32.array[0].isNaN)
    }

    /// `x Wᵀ` of rounded operands, with exact sums.
    private func expected(_ x: Tensor, _ weight: Tensor, _ bias: Tensor?) -> Tensor {
        let (a, w) = (BFloat16Tensor(x).float32, BFloat16Tensor(weight).float32)
        let (rows, outputs) = (x.shape.rows, weight.shape.rows)
        return Tensor(
            [rows, outputs],
            (0..<rows).flatMap { r in
                (0..<outputs).map { o in
                    let sum = (0..<x.shape.columns).reduce(0.0) { $0 + Double(a[r, $1]) * Double(w[o, $1]) }
                    return Float(sum) + (bias?.array[o] ?? 0)
                }
            })
    }

    @Test(
        "is the product of rounded operands with sums in float32, with the machine's unit and without it",
        arguments: [1, 17, 193, 400], [true, false])
    func product(rows: Int, usesUnit: Bool) {
        MatrixUnit.$isAllowed.withValue(usesUnit) {
            let (x, weight, bias) = (random([rows, 37], "x"), random([23, 37], "w"), random([23], "b"))
            let right = expected(x, weight, bias)
            expectClose(Kernels.product(x, transposed: PackedMatrix(weight), bias: bias), right, 1e-5)
            let stored = Kernels.transpose(weight)
            for (matrix, layout) in [(weight, WeightLayout.outputsFirst), (stored, .inputsFirst)] {
                for input in [StoredTensor.float32(x), .bfloat16(BFloat16Tensor(x))] {
                    let (y, pre) = Kernels.linear(
                        input, PackedMatrix(matrix), layout: layout, bias: bias, activation: .relu, keepsInput: true)
                    expectClose(y.float32, Tensor(right.shape, right.array.map { max($0, 0) }), 0x1p-8)
                    expectClose(pre?.float32 ?? y.float32, right, 0x1p-8)
                }
            }
        }
    }

    @Test(
        "the input's gradient is the product with the matrix, and is added to what is there", arguments: [true, false])
    func inputGradient(usesUnit: Bool) {
        MatrixUnit.$isAllowed.withValue(usesUnit) {
            let (dy, weight, pre) = (random([70, 23], "d"), random([23, 37], "w"), random([70, 23], "p"))
            let passed = Tensor(dy.shape, zip(dy.array, pre.array).map { $1 > 0 ? $0 : 0 })
            let right = expected(passed, Kernels.transpose(weight), nil)
            let halves = BFloat16Tensor(pre)
            expectClose(
                Kernels.inputGradient(.float32(dy), activation: .relu, pre: halves, PackedMatrix(weight)), right, 1e-5)
            let sum = Tensor(right.shape, repeating: 1)
            let added = Kernels.inputGradient(
                .float32(dy), activation: .relu, pre: halves, PackedMatrix(Kernels.transpose(weight)),
                layout: .inputsFirst,
                addingTo: sum)
            expectClose(added, Tensor(right.shape, right.array.map { $0 + 1 }), 1e-5)
        }
    }

    @Test("does not depend on the number of threads, to the bit")
    func threads() {
        let (x, weight) = (random([333, 64], "x"), random([48, 64], "w"))
        let once = Parallel.$threadCount.withValue(1) { Kernels.product(x, transposed: PackedMatrix(weight)) }
        let again = Parallel.$threadCount.withValue(3) { Kernels.product(x, transposed: PackedMatrix(weight)) }
        #expect(once == again)
    }

    /// How far apart two tensors are, of the length of the second.
    private func gap(_ a: Tensor, _ b: Tensor) -> Double {
        (Kernels.sumOfSquares(Kernels.add(a, Kernels.scale(b, by: -1))) / Kernels.sumOfSquares(b)).squareRoot()
    }

    @Test("the vocabulary's loss and its input's gradient are near those in float32", arguments: [true, false])
    func vocabularyLoss(usesUnit: Bool) throws {
        let (rows, vocabulary) = (300, 50)
        let (x, w) = (random([rows, 32], "x"), random([vocabulary, 32], "w"))
        let targets = (0..<rows).map { Int32($0 * 7 % vocabulary) }
        func result(_ packed: PackedMatrix?) throws -> (loss: Float, dx: Tensor) {
            let found = Kernels.vocabularyCrossEntropy(
                x, weight: w, packed: packed, bias: nil, targets: targets, wantsInput: true, wantsWeight: false)
            return (found.loss, try #require(found.dx))
        }
        let wide = try result(nil)
        let narrow = try MatrixUnit.$isAllowed.withValue(usesUnit) { try result(PackedMatrix(w)) }
        #expect(abs(narrow.loss - wide.loss) < 1e-3 * wide.loss)
        #expect(gap(narrow.dx, wide.dx) < 1e-2)
        // Row by row, so that no class is wrong among many.
        for row in 0..<rows { #expect(gap(narrow.dx.rows(row..<row + 1), wide.dx.rows(row..<row + 1)) < 3e-2) }
    }

    @Test("normalisation of rows in bfloat16 is that of the same numbers as floats; what is kept of it is rounded")
    func layerNorm() throws {
        let halves = BFloat16Tensor(random([70, 24], "x"))
        let (weight, bias, dy) = (random([24], "w"), random([24], "b"), random([70, 24], "d"))
        func result(_ x: StoredTensor) throws -> (output: Tensor, normalized: StoredTensor, dz: Tensor) {
            let (output, state) = Kernels.layerNorm(
                x, residual: nil, dropout: nil, weight: weight, bias: bias, epsilon: 1e-5, keepsState: true)
            let kept = try #require(state)
            return (output, kept.normalized, Kernels.layerNormBackward(dy.copy(), kept, weight: weight))
        }
        let (narrow, wide) = (try result(.bfloat16(halves)), try result(.float32(halves.float32)))
        #expect(narrow.output == wide.output)
        #expect(narrow.normalized.float32 == BFloat16Tensor(wide.normalized.float32).float32)
        #expect(gap(narrow.dz, wide.dz) < 1e-2)
    }
}
