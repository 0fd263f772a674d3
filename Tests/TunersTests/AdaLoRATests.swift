import Autograd
import NN
import Tensors
import Testing
import Tuners
import YAML

private let golden10 = "{init_r: 4, target_r: 2, tinit: 2, tfinal: 2, deltaT: 2, total_step: 10}"

private func adalora(_ text: String) throws -> AdaLoRA { AdaLoRA(try settings(text)) }

@Suite("AdaLoRA")
struct AdaLoRATests {
    @Test("leaves an untrained model as it was, and adds its penalty in training alone")
    func start() throws {
        let plain = try TinyModel([])
        let tiny = try TinyModel([try adalora("init_r: 4")])
        let (before, after) = (
            plain.model.outputs(TinyModel.batch, mode: .evaluation).value,
            tiny.model.outputs(TinyModel.batch, mode: .evaluation).value
        )
        #expect(zip(before.array, after.array).allSatisfy { abs($0 - $1) < 1e-5 })
        let quiet = tiny.model.loss(TinyModel.batch, mode: .evaluation).value[0, 0]
        let loud = tiny.model.loss(TinyModel.batch, mode: .training(seed: 1, step: 0)).value[0, 0]
        // Rows and columns of small numbers are all about as far from orthonormal as zeros are: √4.
        #expect(abs(loud - quiet - 0.5 * 2) < 0.05)
        let free = try TinyModel([try adalora("{init_r: 4, orth_reg_weight: 0}")])
        #expect(free.model.loss(TinyModel.batch, mode: .training(seed: 1, step: 0)).value[0, 0] == quiet)
    }

    @Test("is saved with PEFT's names, shapes, values and keys")
    func saved() throws {
        let tuner = try adalora(golden10)
        try expectSaved(tuner, as: "adalora", try TinyModel([tuner]))
    }

    @Test("an adapter that has lost ranks is read, and saved as it was")
    func ranked() throws {
        let file = golden("adalora-ranked/adapter_config.json")
        let config = try JSONText.parse(String(contentsOfFile: file, encoding: .utf8), file: file)
        let pattern = try #require(config["rank_pattern"])
        let text = golden10.dropLast() + ", rank_pattern: \(JSON(pattern).compactText)}"
        let tuner = try adalora(String(text))
        let saved = try SafeTensors(golden("adalora-ranked/adapter_model.safetensors"))
        let values = Dictionary(uniqueKeysWithValues: try saved.names.map { ($0, try #require(try saved.tensor($0))) })
        let adapter = try AdaLoRA.imported(try settings(String(text)), values)
        let tiny = try TinyModel([adapter.tuner])
        for (path, value) in adapter.values {
            let parameter = try tiny.parameter(path)
            #expect(parameter.shape == value.shape, "\(path)")
            parameter.variable.value = value
        }
        let exported = try #require(tuner.exported(from: tiny.graph))
        #expect(exported.config["rank_pattern"] == JSON(pattern))
        for (name, value) in exported.tensors { #expect(try saved.tensor(name) == value, "\(name)") }

        // The same as the whole ranks with zeros, which is what was trained.
        let whole = try TinyModel([try adalora(golden10)])
        let parameters = try SafeTensors(golden("adalora-ranked/parameters.safetensors"))
        for parameter in whole.graph.trained {
            parameter.variable.value = try #require(try parameters.tensor(parameter.path))
        }
        let (short, long) = (
            tiny.model.outputs(TinyModel.batch, mode: .evaluation).value.array,
            whole.model.outputs(TinyModel.batch, mode: .evaluation).value.array
        )
        #expect(zip(short, long).allSatisfy { abs($0 - $1) < 1e-4 * (1 + abs($1)) })
        let merged = try #require(tuner.merged(in: tiny.graph))
        let plain = try TinyModel([])
        for parameter in tiny.graph.trained where parameter.owner == .head {
            try plain.parameter(parameter.path).variable.value = parameter.variable.value
        }
        for (path, weight) in merged { try plain.parameter(path).variable.value = weight }
        let same = plain.model.outputs(TinyModel.batch, mode: .evaluation).value.array
        #expect(zip(same, short).allSatisfy { abs($0 - $1) < 1e-4 * (1 + abs($1)) })
    }

    @Test("the budget falls from the first ranks to the last, and what was dropped stays zero")
    func budget() throws {
        let tiny = try TinyModel([try adalora("{init_r: 6, target_r: 2, tinit: 1, tfinal: 2}")])
        let observer = try #require(tiny.graph.stepObservers.first)
        let values = tiny.graph.trained.filter { $0.path.hasSuffix("lora_E") }
        var left: [Int] = []
        for step in 1...8 {
            for parameter in tiny.graph.trained where parameter.owner == .tuner {
                var stream = RandomStream(seed: UInt64(step), path: parameter.path)
                let random = Tensor(parameter.shape, (0..<parameter.shape.count).map { _ in Float(stream.normal()) })
                parameter.variable.value = random
                parameter.variable.gradient = random
            }
            observer.didStep(step, of: 8, gradientScale: 1)
            left.append(values.reduce(0) { $0 + $1.variable.value.array.count { $0 != 0 } })
        }
        // 24, then 8 + 16 (1 - (step - 1) / 5)³ rounded down.
        #expect(left == [24, 16, 11, 9, 8, 8, 8, 8])
    }

    @Test("what the allocator remembers can be taken out and put back")
    func memory() throws {
        func make() throws -> (TinyModel, any StepObserver) {
            let tiny = try TinyModel([try adalora("{init_r: 4, target_r: 2}")])
            return (tiny, try #require(tiny.graph.stepObservers.first))
        }
        func step(_ tiny: TinyModel, _ observer: any StepObserver, _ number: Int) {
            for parameter in tiny.graph.trained where parameter.owner == .tuner {
                var stream = RandomStream(seed: UInt64(number), path: parameter.path)
                parameter.variable.gradient = Tensor(
                    parameter.shape, (0..<parameter.shape.count).map { _ in Float(stream.normal()) })
                parameter.variable.value.withMutableSpan { $0[0] += 0.1 }
            }
            observer.didStep(number, of: 9, gradientScale: 0.5)
        }
        let (tiny, observer) = try make()
        let (other, second) = try make()
        for number in 1...3 { step(tiny, observer, number) }
        for (from, to) in zip(tiny.graph.trained, other.graph.trained) { to.variable.value = from.variable.value }
        second.state = observer.state
        for number in 4...9 {
            step(tiny, observer, number)
            step(other, second, number)
        }
        #expect(tiny.graph.trained.map(\.variable.value) == other.graph.trained.map(\.variable.value))
        #expect(observer.state == second.state)
    }

    @Test("a schedule that leaves no step, or a budget that grows, is a contradiction")
    func contradictions() throws {
        #expect(try adalora("{init_r: 4, target_r: 5}").contradictions.map(\.key) == ["target_r"])
        #expect(try adalora("{total_step: 10, tinit: 5, tfinal: 5}").contradictions.map(\.key) == ["total_step"])
        #expect(try adalora(golden10).contradictions.isEmpty)
        let wrong = try adalora("{rank_pattern: {query.lora_E: [true]}}")
        let error = #expect(throws: AttachmentError.self) { try TinyModel([wrong]) }
        #expect(error?.key == "rank_pattern")
    }
}
