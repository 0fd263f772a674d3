import Foundation
import YAML

extension SafeTensors {
    /// The bytes of a safetensors file with these tensors as float32, in the order of their names, as PEFT writes it.
    public static func data(_ tensors: [String: Tensor]) -> Data {
        var header: [String: JSON] = ["__metadata__": ["format": "pt"]]
        var offset = 0
        let sorted = tensors.sorted { $0.key < $1.key }
        for (name, tensor) in sorted {
            let end = offset + tensor.count * MemoryLayout<Float>.size
            header[name] = .object([
                "dtype": "F32", "shape": .array(tensor.shape.axes.map { .integer($0) }),
                "data_offsets": [.integer(offset), .integer(end)],
            ])
            offset = end
        }
        var text = Array(JSON.object(header).compactText.utf8)
        text += [UInt8](repeating: UInt8(ascii: " "), count: (8 - text.count % 8) % 8)
        var data = Data(capacity: 8 + text.count + offset)
        unsafe withUnsafeBytes(of: UInt64(text.count).littleEndian) { unsafe data.append(contentsOf: $0) }
        data.append(contentsOf: text)
        for (_, tensor) in sorted {
            unsafe data.append(contentsOf: UnsafeRawBufferPointer(start: tensor.base, count: tensor.count * 4))
            withExtendedLifetime(tensor) {}
        }
        return data
    }
}
