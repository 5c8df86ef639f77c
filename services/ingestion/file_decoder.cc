#include "services/ingestion/file_decoder.h"

#include <iconv.h>
#include <zlib.h>

#include <algorithm>
#include <cerrno>
#include <cstddef>
#include <cstdlib>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "base/errors.h"
#include "base/status_macros.h"

namespace quotacast::ingestion {
namespace {

constexpr size_t kBufferBytes = size_t{64} << 10;
constexpr char kNoText = '\xFF';  // Never part of UTF-8.
constexpr int kGzipWindowBits = 15 + 16;

absl::Status Refusal(absl::StatusCode code, const char* reason, const std::string& message) {
  ErrorDetail detail;
  detail.reason = reason;
  return WithDetail(absl::Status(code, message), detail);
}

// The first bytes of the file, however it was cut.
std::string FirstBytes(const UploadedFile& file, size_t count) {
  std::string first;
  for (const std::string& chunk : file.chunks) {
    first.append(chunk, 0, count - first.size());
    if (first.size() == count) break;
  }
  return first;
}

// Unpacks one gzip file, which may consist of several members.
class Unpacker {
 public:
  Unpacker() {
    // The only failure is lack of memory.
    if (inflateInit2(&stream_, kGzipWindowBits) != Z_OK) std::abort();
  }
  ~Unpacker() { inflateEnd(&stream_); }
  Unpacker(const Unpacker&) = delete;
  Unpacker& operator=(const Unpacker&) = delete;

  absl::Status Run(UploadedFile& file, size_t& budget_bytes, size_t max_chunk_bytes) {
    size_t packed_bytes = 0;
    for (const std::string& chunk : file.chunks) packed_bytes += chunk.size();
    const size_t ratio_limit = std::max(packed_bytes * kMaxUnpackedRatio, kUnpackedRatioFreeBytes);
    UploadedFile unpacked{file.name, {}};
    size_t unpacked_bytes = 0;
    bool ended = false;
    for (std::string& chunk : file.chunks) {
      // zlib does not write to its input, but its interface predates const.
      stream_.next_in = reinterpret_cast<Bytef*>(chunk.data());
      stream_.avail_in = static_cast<uInt>(chunk.size());
      while (stream_.avail_in > 0) {
        if (ended && inflateReset(&stream_) != Z_OK) std::abort();
        ended = false;
        stream_.next_out = reinterpret_cast<Bytef*>(buffer_.data());
        stream_.avail_out = static_cast<uInt>(buffer_.size());
        const int result = inflate(&stream_, Z_NO_FLUSH);
        const size_t count = buffer_.size() - stream_.avail_out;
        unpacked_bytes += count;
        if (unpacked_bytes > ratio_limit) {
          return Refusal(absl::StatusCode::kResourceExhausted, "UNPACKED_TOO_LARGE",
                         absl::StrCat("the file unpacks to more than ", kMaxUnpackedRatio,
                                      " times its size, as no table does; it was not read"));
        }
        if (count > budget_bytes) {
          return Refusal(absl::StatusCode::kResourceExhausted, "UNPACKED_TOO_LARGE",
                         absl::StrCat("the files of this import unpack to more than ",
                                      kMaxUnpackedBytes, " bytes; send several imports"));
        }
        budget_bytes -= count;
        AppendChunk(unpacked, std::string_view(buffer_).substr(0, count), max_chunk_bytes);
        if (result == Z_STREAM_END) {
          ended = true;
        } else if (result != Z_OK && result != Z_BUF_ERROR) {
          return Refusal(absl::StatusCode::kInvalidArgument, "DAMAGED_GZIP",
                         absl::StrCat("the file is damaged after ", unpacked_bytes,
                                      " unpacked bytes; pack it again"));
        }
      }
      std::string().swap(chunk);
    }
    if (!ended) {
      return Refusal(absl::StatusCode::kInvalidArgument, "DAMAGED_GZIP",
                     absl::StrCat("the file ends in the middle, after ", unpacked_bytes,
                                  " unpacked bytes; send the whole file"));
    }
    file = std::move(unpacked);
    return absl::OkStatus();
  }

 private:
  z_stream stream_ = {};
  std::string buffer_ = std::string(kBufferBytes, '\0');
};

// Converts text from another encoding, piece by piece.
class Converter {
 public:
  Converter(const char* encoding, size_t unit_bytes)
      : converter_(iconv_open("UTF-8", encoding)), unit_bytes_(unit_bytes) {
    // The encodings of this file are part of libc.
    if (converter_ == reinterpret_cast<iconv_t>(-1)) std::abort();
  }
  ~Converter() { iconv_close(converter_); }
  Converter(const Converter&) = delete;
  Converter& operator=(const Converter&) = delete;

  void Run(UploadedFile& file, size_t max_chunk_bytes) {
    UploadedFile converted{file.name, {}};
    for (std::string& chunk : file.chunks) {
      rest_.append(chunk);
      std::string().swap(chunk);
      Convert(converted, max_chunk_bytes);
    }
    if (!rest_.empty()) AppendChunk(converted, std::string_view(&kNoText, 1), max_chunk_bytes);
    file = std::move(converted);
  }

 private:
  // Converts all of rest_ but an unfinished character at its end.
  void Convert(UploadedFile& converted, size_t max_chunk_bytes) {
    char* in = rest_.data();
    size_t in_bytes = rest_.size();
    while (in_bytes > 0) {
      char* out = buffer_.data();
      size_t out_bytes = buffer_.size();
      const size_t result = iconv(converter_, &in, &in_bytes, &out, &out_bytes);
      const int error = errno;
      AppendChunk(converted, std::string_view(buffer_).substr(0, buffer_.size() - out_bytes),
                  max_chunk_bytes);
      if (result != static_cast<size_t>(-1) || error == E2BIG) continue;
      if (error == EINVAL) break;
      AppendChunk(converted, std::string_view(&kNoText, 1), max_chunk_bytes);
      const size_t skipped = std::min(unit_bytes_, in_bytes);
      in += skipped;
      in_bytes -= skipped;
    }
    rest_.erase(0, rest_.size() - in_bytes);
  }

  iconv_t converter_;
  const size_t unit_bytes_;
  std::string buffer_ = std::string(kBufferBytes, '\0');
  std::string rest_;
};

}  // namespace

bool IsGzip(const UploadedFile& file) { return FirstBytes(file, 2) == "\x1F\x8B"; }

absl::Status DecodeFile(UploadedFile& file, TextEncoding encoding, size_t& budget_bytes,
                        size_t max_chunk_bytes) {
  if (IsGzip(file)) {
    const absl::Status unpacked = Unpacker().Run(file, budget_bytes, max_chunk_bytes);
    if (!unpacked.ok()) {
      file.chunks.clear();
      return unpacked;
    }
  }
  const std::string mark = FirstBytes(file, 3);
  if (mark == "\xEF\xBB\xBF") return absl::OkStatus();
  const bool little_endian = mark.substr(0, 2) == "\xFF\xFE";
  const bool big_endian = mark.substr(0, 2) == "\xFE\xFF";
  if (little_endian || big_endian) {
    // The mark itself becomes that of UTF-8, which the reader of CSV drops.
    Converter(little_endian ? "UTF-16LE" : "UTF-16BE", 2).Run(file, max_chunk_bytes);
  } else if (encoding == TextEncoding::kUtf16) {
    Converter("UTF-16LE", 2).Run(file, max_chunk_bytes);
  } else if (encoding == TextEncoding::kWindows1252) {
    Converter("WINDOWS-1252", 1).Run(file, max_chunk_bytes);
  } else if (encoding == TextEncoding::kIso88591) {
    Converter("ISO-8859-1", 1).Run(file, max_chunk_bytes);
  }
  return absl::OkStatus();
}

}  // namespace quotacast::ingestion
