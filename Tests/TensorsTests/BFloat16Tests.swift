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
}
