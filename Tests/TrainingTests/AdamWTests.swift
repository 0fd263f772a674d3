import NN
import Tensors
import Testing
import Training

struct AdamWCase: Decodable, Sendable {
    struct Step: Decodable, Sendable {
        let learningRate: Double
        let gradients: [String: [Float]]
        let norm: Double
        let parameters: [String: [Double]]
    }

    let weightDecay: Double
    let maxNorm: Double?
    let beta1: Double
    let beta2: Double
    let epsilon: Double
    let shapes: [String: [Int]]
    let initial: [String: [Float]]
    let steps: [Step]

    var settings: AdamW.Settings {
        AdamW.Settings(beta1: beta1, beta2: beta2, epsilon: epsilon, weightDecay: weightDecay, maxGradientNorm: maxNorm)
    }

    func parameters() throws -> [Parameter] {
        let scope = ParameterStore(nil, prefix: "", seed: 0).scope("", owner: .head)
        return try shapes.keys.sorted().map { path in
            let parameter = try scope.parameter(path, Shape(try #require(shapes[path])), .zeros)
            parameter.variable.value = Tensor(parameter.shape, try #require(initial[path]))
            return parameter
        }
    }
}

@Suite struct AdamWTests {
    @Test("Steps are those of torch.optim.AdamW", arguments: try goldenCases("adamw.json") as [AdamWCase])
    func matchesReference(expected: AdamWCase) throws {
        let parameters = try expected.parameters()
        var optimizer = AdamW()
        for step in expected.steps {
            for parameter in parameters {
                parameter.variable.gradient = Tensor(parameter.shape, try #require(step.gradients[parameter.path]))
            }
            let norm = try optimizer.step(parameters, learningRate: step.learningRate, expected.settings)
            #expect(isClose(norm, step.norm, absolute: 0, relative: 1e-6))
            for parameter in parameters {
                #expect(parameter.variable.gradient == nil)
                for (actual, wanted) in zip(
                    parameter.variable.value.array, try #require(step.parameters[parameter.path]))
                {
                    #expect(isClose(Double(actual), wanted, absolute: 1e-6, relative: 2e-6), "\(parameter.path)")
                }
            }
        }
        #expect(optimizer.stepCount == expected.steps.count)
    }

    @Test func aParameterWithoutGradientStays() throws {
        let expected = try #require((goldenCases("adamw.json") as [AdamWCase]).last)
        let parameters = try expected.parameters()
        let before = parameters.map(\.variable.value)
        parameters[0].variable.gradient = Tensor(parameters[0].shape, repeating: 1)
        var optimizer = AdamW()
        _ = try optimizer.step(parameters, learningRate: 0.1, expected.settings)
        #expect(parameters[0].variable.value != before[0])
        #expect(parameters.dropFirst().map(\.variable.value) == Array(before.dropFirst()))
    }

    @Test("A gradient that is not finite changes nothing", arguments: [Float.nan, .infinity])
    func nonFiniteGradient(value: Float) throws {
        let expected = try #require((goldenCases("adamw.json") as [AdamWCase]).last)
        let parameters = try expected.parameters()
        let before = parameters.map(\.variable.value)
        for parameter in parameters { parameter.variable.gradient = Tensor(parameter.shape, repeating: 1) }
        parameters[2].variable.gradient = Tensor(parameters[2].shape, repeating: value)
        var optimizer = AdamW()
        #expect(throws: TrainingError.nonFiniteGradient(of: parameters[2].path, step: 1, learningRate: 0.1)) {
            try optimizer.step(parameters, learningRate: 0.1, expected.settings)
        }
        #expect(parameters.map(\.variable.value) == before)
        #expect(optimizer == AdamW())
    }
}
