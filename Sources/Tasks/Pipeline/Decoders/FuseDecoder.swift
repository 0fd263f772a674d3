/// All pieces become one.
struct FuseDecoder: PieceDecoder {
    func decode(_ pieces: [String]) -> [String] { [pieces.joined()] }
}
