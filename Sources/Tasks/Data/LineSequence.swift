/// The lines of a file.
struct LineSequence: Sequence, IteratorProtocol {
    let file: TextFile
    private var offset = 0
    private var number = 0

    init(file: TextFile) {
        self.file = file
    }

    mutating func next() -> TextFile.Line? {
        let bytes = file.bytes
        let span = bytes.span
        guard offset < span.count else { return nil }
        var end = offset
        while end < span.count, span[end] != UInt8(ascii: "\n"), span[end] != UInt8(ascii: "\r") { end += 1 }
        let line = TextFile.Line(number: number + 1, range: offset..<end)
        let isPair =
            end + 1 < span.count && span[end] == UInt8(ascii: "\r") && span[end + 1] == UInt8(ascii: "\n")
        offset = end + (isPair ? 2 : 1)
        number += 1
        return line
    }
}
