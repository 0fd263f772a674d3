import Foundation
import NN
import Tensors
import Testing
import Tuners
import YAML

/// Checks what a method exports against a folder that PEFT wrote from the same parameters, and what it makes of that folder.
func expectSaved<Method: Tuner>(_ tuner: Method, as folder: String, _ tiny: TinyModel) throws {
    let parameters = try SafeTensors(golden("\(folder)/parameters.safetensors"))
    for parameter in tiny.graph.trained {
        let value = try #require(try parameters.tensor(parameter.path), "\(parameter.path)")
        #expect(value.shape == parameter.shape, "\(parameter.path)")
        parameter.variable.value = value
    }
    let exported = try #require(tuner.exported(from: tiny.graph))
    let saved = try SafeTensors(golden("\(folder)/adapter_model.safetensors"))
    let heads = tiny.graph.trained.filter { $0.owner == .head }.map { exported.headPrefix + $0.path }
    #expect(Set(exported.tensors.keys).union(heads) == Set(saved.names))
    for (name, value) in exported.tensors { #expect(try saved.tensor(name) == value, "\(name)") }

    let file = golden("\(folder)/adapter_config.json")
    guard case .object(let config) = JSON(try JSONText.parse(String(contentsOfFile: file, encoding: .utf8), file: file))
    else { throw AttachmentError(nil, "\(file) is no object") }
    let ofFiles: Set = [
        "auto_mapping", "base_model_name_or_path", "inference_mode", "peft_type", "peft_version", "revision",
        "task_type",
        "modules_to_save",
    ]
    #expect(Set(exported.config.keys).subtracting(ofFiles) == Set(config.keys).subtracting(ofFiles))
    for (key, value) in exported.config where key != "modules_to_save" {
        #expect(equal(value, config[key]), "\(key): \(value.compactText), PEFT \(config[key]?.compactText ?? "")")
    }

    let values = Dictionary(uniqueKeysWithValues: try saved.names.map { ($0, try #require(try saved.tensor($0))) })
    let known = Set(Method.Settings.fields.map(\.key))
    let section = JSON.object(config.filter { known.contains($0.key) && $0.value != .null })
    let adapter = try Method.imported(try settings(section.compactText), values)
    for (path, value) in adapter.values { #expect(try parameters.tensor(path) == value, "\(path)") }
    #expect(Set(adapter.values.keys) == Set(parameters.names))
}

/// Equal, but for how a number is written, and for the order of names, which PEFT keeps as a set.
private func equal(_ first: JSON, _ second: JSON?) -> Bool {
    switch (first, second) {
    case (.number(let number), .integer(let integer)?), (.integer(let integer), .number(let number)?):
        return number == Double(integer)
    case (.array(let one), .array(let other)?): return Set(one) == Set(other) && one.count == other.count
    default: return first == second
    }
}
