import Autograd
import Configuration
import NN
import Tensors
import Testing
import Tuners
import YAML

private let bert = "ModelsTests/Golden/tiny-bert"
private let gpt2 = "ModelsTests/Golden/tiny-gpt2"

private func lora(_ text: String) throws -> LoRA { LoRA(try settings(text)) }

/// The logits of the batch, without dropout.
private func logits(_ tiny: TinyModel) -> [Float] { tiny.model.outputs(TinyModel.batch, mode: .evaluation).value.array }

/// The largest distance of two lists, as a share of the largest value.
private func distance(_ first: [Float], _ second: [Float]) -> Float {
    let scale = second.map { abs($0) }.max() ?? 0
    return zip(first, second).map { abs($0 - $1) }.max().map { $0 / max(scale, 1e-6) } ?? .infinity
}

/// Moves what a method declared away from its start.
private func move(_ tiny: TinyModel) {
    for parameter in tiny.graph.trained where parameter.owner == .tuner {
        var stream = RandomStream(seed: 3, path: parameter.path)
        parameter.variable.value.withMutableSpan { values in
            for index in values.indices { values[index] += 0.2 * Float(stream.normal()) }
        }
    }
}

/// Every way in which an update is made.
private let variants = [
    "{}", "{init_lora_weights: false}", "{init_lora_weights: gaussian, r: 3}", "{init_lora_weights: pissa, r: 3}",
    "{init_lora_weights: both_nonzero, r: 5}", "{use_dora: true}", "{use_dora: true, init_lora_weights: pissa}",
    "{use_dora: true, init_lora_weights: both_nonzero}", "{use_rslora: true, init_lora_weights: pissa, lora_alpha: 3}",
    "{bias: all, use_dora: true}", "{bias: lora_only}",
    "{target_modules: all-linear, init_lora_weights: both_nonzero, rank_pattern: {dense: 3}, alpha_pattern: {key: 2.5}}",
]

@Suite("LoRA")
struct LoRATests {
    @Test("leaves an untrained model as it was", arguments: variants, [bert, gpt2])
    func start(text: String, checkpoint: String) throws {
        if text.contains("dense"), checkpoint == gpt2 { return }
        let plain = logits(try TinyModel(checkpoint))
        let tuned = logits(try TinyModel(checkpoint, [try lora(text)]))
        if text.contains("false") {
            #expect(distance(tuned, plain) > 1e-3)
        } else {
            #expect(distance(tuned, plain) < 1e-4)
        }
    }

    @Test("pissa takes the largest singular values out of the weight")
    func singularValues() throws {
        let tiny = try TinyModel([try lora("{init_lora_weights: pissa, r: 4, target_modules: [query]}")])
        let path = "bert.encoder.layer.0.attention.self.query"
        let rest = try tiny.parameter("\(path).weight").variable.value
        let before = try TinyModel([]).parameter("\(path).weight").variable.value
        let taken = try #require(SingularTriplets(of: before, rank: 5)).values
        let left = try #require(SingularTriplets(of: rest, rank: 1)).values
        #expect(abs(left[0] - taken[4]) < 1e-4 * taken[0])
        let (down, up) = (try tiny.parameter("\(path).lora_A.weight"), try tiny.parameter("\(path).lora_B.weight"))
        let length = Kernels.sumOfSquares(down.variable.value)
        #expect(abs(length - Kernels.sumOfSquares(up.variable.value)) < 1e-4 * length)
    }

    @Test("starts are drawn as PEFT draws them")
    func draws() throws {
        func deviation(_ text: String, _ name: String) throws -> Double {
            let tiny = try TinyModel([try lora(text)])
            let value = try tiny.parameter("bert.encoder.layer.0.attention.self.query.\(name).weight").variable.value
            return (Kernels.sumOfSquares(value) / Double(value.count)).squareRoot()
        }
        // Uniform up to 1 / √inputs, or 1 / √rank.
        let down = 1 / (3.0 * 32).squareRoot()
        #expect(abs(try deviation("r: 32", "lora_A") - down) < 0.05 * down)
        #expect(try deviation("r: 32", "lora_B") == 0)
        #expect(abs(try deviation("{r: 32, init_lora_weights: false}", "lora_B") - down) < 0.05 * down)
        #expect(abs(try deviation("{r: 16, init_lora_weights: gaussian}", "lora_A") - 1 / 16.0) < 0.1 / 16)
        #expect(try deviation("{r: 16, init_lora_weights: gaussian}", "lora_B") == 0)
    }

    @Test("merged weights compute the same without it", arguments: variants, [bert, gpt2])
    func merged(text: String, checkpoint: String) throws {
        if text.contains("dense"), checkpoint == gpt2 { return }
        let tuner = try lora(text)
        let tiny = try TinyModel(checkpoint, [tuner])
        move(tiny)
        let weights = try #require(tuner.merged(in: tiny.graph))
        let plain = try TinyModel(checkpoint)
        for (path, weight) in weights { try plain.parameter(path).variable.value = weight }
        #expect(distance(logits(plain), logits(tiny)) < 1e-4)
        #expect(distance(logits(plain), logits(try TinyModel(checkpoint))) > 1e-3)
    }

    @Test("what is exported belongs to the weights of the checkpoint", arguments: variants, [bert, gpt2])
    func exchange(text: String, checkpoint: String) throws {
        if text.contains("dense"), checkpoint == gpt2 { return }
        let tuner = try lora(text)
        let tiny = try TinyModel(checkpoint, [tuner])
        move(tiny)
        let exported = try #require(tuner.exported(from: tiny.graph))
        #expect(exported.headPrefix == "base_model.model.")
        let known = Set(LoRA.Settings.fields.map(\.key))
        let section = JSON.object(exported.config.filter { known.contains($0.key) && $0.value != .null })
        let read = try settings(section.compactText, as: LoRA.Settings.self)
        let imported = try LoRA.imported(read, exported.tensors)
        let other = try TinyModel(checkpoint, [imported.tuner])
        for (path, value) in imported.values {
            let parameter = try other.parameter(path)
            #expect(value.shape == parameter.shape, "\(path)")
            parameter.variable.value = value
        }
        #expect(distance(logits(other), logits(tiny)) < 1e-4)
    }

    @Test(
        "is saved with PEFT's names, shapes, values and keys",
        arguments: [
            ("lora", bert, "{r: 4}"), ("lora-dora", bert, "{r: 4, use_dora: true}"), ("lora-gpt2", gpt2, "r: 4"),
            ("lora-bias", bert, "{r: 4, bias: lora_only}"), ("lora-modules", bert, "{r: 4, modules_to_save: [pooler]}"),
            (
                "lora-patterns", bert,
                #"{r: 4, use_rslora: true, rank_pattern: {query: 2, 'layer\.1\.attention\.self\.value': 3}, alpha_pattern: {value: 12}}"#
            ),
        ])
    func golden(folder: String, checkpoint: String, text: String) throws {
        let tuner = try lora(text)
        let task = checkpoint == gpt2 ? "CAUSAL_LM" : "SEQ_CLS"
        try expectSaved(tuner, as: folder, try TinyModel(checkpoint, task: task, [tuner]))
    }

    @Test("dropout reaches the update alone, and is drawn anew at every step")
    func dropout() throws {
        let tiny = try TinyModel([try lora("{lora_dropout: 0.5, init_lora_weights: false}")])
        func loss(_ step: Int) -> Float {
            tiny.model.loss(TinyModel.batch, mode: .training(seed: 1, step: step)).value[0, 0]
        }
        #expect(loss(0) == loss(0) && loss(0) != loss(1))
        let neutral = try TinyModel([try lora("{lora_dropout: 0.5}")])
        #expect(
            neutral.model.loss(TinyModel.batch, mode: .training(seed: 1, step: 0)).value
                == neutral.model.loss(TinyModel.batch, mode: .evaluation).value)
    }

    @Test("with a length of its own each output is scaled, and dropout reaches what the length changes")
    func lengthUnderDropout() throws {
        // y = W x + b + (s - 1) W x' + s scale B A x', where x' is what dropout left: the slope along the length, by differences.
        let tiny = try TinyModel([
            try lora("{r: 3, lora_dropout: 0.4, use_dora: true, target_modules: [query], init_lora_weights: false}")
        ])
        let length = try tiny.parameter("bert.encoder.layer.1.attention.self.query.lora_magnitude_vector.weight")
        func loss() -> Variable { tiny.model.loss(TinyModel.batch, mode: .training(seed: 1, step: 0)) }
        loss().backward()
        let gradient = try #require(length.variable.gradient).array
        let scale = gradient.map { abs($0) }.max() ?? 0
        for index in [0, 7, 31] {
            func moved(_ by: Float) -> Float {
                length.variable.value.withMutableSpan { $0[index] += by }
                defer { length.variable.value.withMutableSpan { $0[index] -= by } }
                return loss().value[0, 0]
            }
            #expect(abs((moved(0.05) - moved(-0.05)) / 0.1 - gradient[index]) < 0.05 * scale)
        }
    }

    @Test("the number of threads changes no bit", arguments: ["{lora_dropout: 0.3}", "{use_dora: true}"])
    func threads(text: String) throws {
        func run(_ threads: Int) throws -> [[Float]] {
            try Parallel.$threadCount.withValue(threads) {
                let tiny = try TinyModel([try lora(text)])
                move(tiny)
                let rows = (0..<60).map { _ in
                    Feature(
                        inputIDs: [2, 7, 9, 3, 11, 5, 17, 4], tokenTypeIDs: [0, 0, 0, 0, 1, 1, 1, 1],
                        label: .category(1))
                }
                let loss = tiny.model.loss(Batch(rows), mode: .training(seed: 1, step: 0))
                loss.backward()
                return [loss.value.array] + tiny.graph.trained.map { $0.variable.gradient?.array ?? [] }
            }
        }
        #expect(try run(1) == run(3))
    }

    @Test(
        "settings that do not fit are refused",
        arguments: [
            ("{target_modules: [quary]}", bert, "target_modules"),
            ("{rank_pattern: {key: 3}}", bert, "rank_pattern"),
            ("{alpha_pattern: {'(': 3}}", bert, "alpha_pattern"),
            ("{r: 33, init_lora_weights: pissa}", bert, "r"),
            ("{fan_in_fan_out: true}", bert, "fan_in_fan_out"),
            ("{fan_in_fan_out: false}", gpt2, "fan_in_fan_out"),
            ("{modules_to_save: [poler]}", bert, "modules_to_save"),
        ])
    func refused(text: String, checkpoint: String, key: String) throws {
        let tuner = try lora(text)
        let error = #expect(throws: AttachmentError.self) { try TinyModel(checkpoint, [tuner]) }
        #expect(error?.key == key)
    }

    @Test(
        "settings out of range are refused",
        arguments: [
            "r: 0", "lora_alpha: 0", "lora_dropout: 1", "init_lora_weights: pisa", "bias: some",
            "rank_pattern: {query: 0}",
        ])
    func ranges(text: String) {
        #expect(throws: Diagnostics.self) { try lora(text) }
    }

    @Test("two of them share a model, but no linear map")
    func composition() throws {
        let (query, key) = (try lora("target_modules: [query]"), try lora("{target_modules: [key], r: 2}"))
        let tiny = try TinyModel([query, key])
        move(tiny)
        tiny.model.loss(TinyModel.batch, mode: .training(seed: 1, step: 0)).backward()
        #expect(tiny.graph.trained.allSatisfy { $0.variable.gradient != nil })
        #expect(try #require(query.exported(from: tiny.graph)).tensors.keys.allSatisfy { $0.contains("query") })
        #expect(throws: AttachmentError.self) { try TinyModel([query, query]) }
    }
}
