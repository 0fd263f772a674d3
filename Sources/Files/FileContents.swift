import Foundation

/// Reading a file as a whole.
public enum FileContents {
    /// Whether there is a file at `path`, or a link to one; a folder is none. `errno` stays as it was.
    public static func exists(_ path: String) -> Bool {
        let before = errno
        defer { errno = before }
        return (try? FileState(path)).map { $0.kind != .folder } ?? false
    }

    /// The bytes of the file at `path`, which may also be a pipe such as `/dev/stdin`.
    public static func data(at path: String) throws(FileError) -> Data {
        let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw FileError(.read, path, errno: errno) }
        defer { close(descriptor) }
        let state = try FileState(descriptor: descriptor, path)
        // One byte more than the size, so that a file read whole also shows its end.
        var data = Data(count: state.kind == .file ? state.size + 1 : 1 << 16)
        var filled = 0
        while true {
            if filled == data.count { data.count *= 2 }
            let got = unsafe data.withUnsafeMutableBytes { buffer in
                let free = unsafe UnsafeMutableRawBufferPointer(rebasing: buffer[filled...])
                return unsafe Foundation.read(descriptor, free.baseAddress, free.count)
            }
            if got < 0 {
                if errno == EINTR { continue }
                throw FileError(.read, path, errno: errno)
            }
            if got == 0 { break }
            filled += got
        }
        data.count = filled
        return data
    }

    /// The text of the file at `path`, which must be UTF-8; a byte order mark at its start is dropped.
    public static func text(at path: String) throws(FileError) -> String {
        let data = try data(at: path)
        guard let text = String(validating: data, as: UTF8.self) else {
            throw FileError(.read, path, .notUTF8(offset: firstBadByte(of: data)))
        }
        return text.unicodeScalars.first == "\u{FEFF}" ? String(text.unicodeScalars.dropFirst()) : text
    }

    /// Where the first byte stands that makes `data` no UTF-8.
    private static func firstBadByte(of data: Data) -> Int {
        var decoder = UTF8()
        var bytes = data.makeIterator()
        var offset = 0
        while case .scalarValue(let scalar) = decoder.decode(&bytes) { offset += UTF8.width(scalar) }
        return offset
    }
}
