// Turns a file as sent into UTF-8 text: unpacks gzip and converts other encodings.
#ifndef QUOTACAST_SERVICES_INGESTION_FILE_DECODER_H_
#define QUOTACAST_SERVICES_INGESTION_FILE_DECODER_H_

#include <cstddef>
#include <string_view>

#include "absl/status/status.h"
#include "services/ingestion/import_profile.h"
#include "services/ingestion/mapped_file.h"

namespace quotacast::ingestion {

// Of everything that one import unpacks.
inline constexpr size_t kMaxUnpackedBytes = size_t{256} << 20;
// A file that unpacks to more than this many times its size is refused: text hardly packs better
// than 1:20, and what does is made to fill memory. Small files may.
inline constexpr size_t kMaxUnpackedRatio = 200;
inline constexpr size_t kUnpackedRatioFreeBytes = size_t{1} << 20;

// Whether the bytes are packed by gzip, whatever the file is called.
bool IsGzip(const UploadedFile& file);

// Replaces the bytes of `file` by UTF-8. gzip is told by its first bytes, UTF-16 and UTF-8 by their
// byte order marks; a file without one is in `encoding`. What is no text in its encoding becomes a
// byte that is no UTF-8, so that its row is reported and the others are kept. `budget_bytes` is
// what may still be unpacked and is reduced; pieces stay below `max_chunk_bytes`.
//
// Memory: the file as sent shrinks as the text grows. Errors: INVALID_ARGUMENT (DAMAGED_GZIP),
// RESOURCE_EXHAUSTED (UNPACKED_TOO_LARGE); the file is then empty.
absl::Status DecodeFile(UploadedFile& file, TextEncoding encoding, size_t& budget_bytes,
                        size_t max_chunk_bytes);

}  // namespace quotacast::ingestion

#endif  // QUOTACAST_SERVICES_INGESTION_FILE_DECODER_H_
