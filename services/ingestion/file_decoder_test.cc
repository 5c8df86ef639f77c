// Goal: packed and differently encoded files become UTF-8 however they are cut, and damaged or
// hostile ones are refused without filling memory. Method: texts packed by zlib and encoded by
// hand, cut into chunks of every size; limits at their maximum and beyond.
#include "services/ingestion/file_decoder.h"

#include <zlib.h>

#include <algorithm>
#include <cstddef>
#include <string>

#include "absl/status/status.h"
#include "base/errors.h"
#include "gtest/gtest.h"

namespace quotacast::ingestion {
namespace {

constexpr size_t kChunk = 1 << 20;

std::string Gzip(const std::string& text) {
  z_stream stream = {};
  EXPECT_EQ(deflateInit2(&stream, 9, Z_DEFLATED, 15 + 16, 9, Z_DEFAULT_STRATEGY), Z_OK);
  std::string packed(deflateBound(&stream, text.size()), '\0');
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(text.data()));
  stream.avail_in = static_cast<uInt>(text.size());
  stream.next_out = reinterpret_cast<Bytef*>(packed.data());
  stream.avail_out = static_cast<uInt>(packed.size());
  EXPECT_EQ(deflate(&stream, Z_FINISH), Z_STREAM_END);
  packed.resize(stream.total_out);
  deflateEnd(&stream);
  return packed;
}

UploadedFile Cut(const std::string& bytes, size_t chunk_bytes) {
  UploadedFile file{"f.csv", {}};
  for (size_t at = 0; at < bytes.size(); at += chunk_bytes) {
    file.chunks.push_back(bytes.substr(at, chunk_bytes));
  }
  return file;
}

std::string Joined(const UploadedFile& file) {
  std::string text;
  for (const std::string& chunk : file.chunks) text += chunk;
  return text;
}

std::string Decoded(const std::string& bytes, TextEncoding encoding = TextEncoding::kUtf8) {
  std::string first;
  for (size_t chunk_bytes = 1; chunk_bytes <= bytes.size(); ++chunk_bytes) {
    UploadedFile file = Cut(bytes, chunk_bytes);
    size_t budget = kMaxUnpackedBytes;
    EXPECT_TRUE(DecodeFile(file, encoding, budget, kChunk).ok());
    if (chunk_bytes == 1) first = Joined(file);
    EXPECT_EQ(Joined(file), first) << chunk_bytes;
  }
  return first;
}

std::string ReasonOf(const absl::Status& status) {
  return GetDetail(status).value_or(ErrorDetail()).reason;
}

TEST(FileDecoderTest, Gzip) {
  EXPECT_EQ(Decoded(Gzip("a,b\n1,2\n")), "a,b\n1,2\n");
  EXPECT_EQ(Decoded(Gzip("a,b\n") + Gzip("1,2\n")), "a,b\n1,2\n");
  EXPECT_EQ(Decoded(Gzip("")), "");
  EXPECT_EQ(Decoded("a,b\n"), "a,b\n");
}

TEST(FileDecoderTest, DamagedGzip) {
  const std::string packed = Gzip("a,b\n1,2\n3,4\n");
  for (const std::string& bytes :
       {packed.substr(0, packed.size() - 1), packed.substr(0, 12), packed + "x"}) {
    UploadedFile file = Cut(bytes, 5);
    size_t budget = kMaxUnpackedBytes;
    EXPECT_EQ(ReasonOf(DecodeFile(file, TextEncoding::kUtf8, budget, kChunk)), "DAMAGED_GZIP");
    EXPECT_TRUE(file.chunks.empty());
  }
  std::string flipped = packed;
  flipped[packed.size() - 6] ^= 1;  // Its checksum.
  UploadedFile file = Cut(flipped, 1'000);
  size_t budget = kMaxUnpackedBytes;
  EXPECT_EQ(ReasonOf(DecodeFile(file, TextEncoding::kUtf8, budget, kChunk)), "DAMAGED_GZIP");
}

TEST(FileDecoderTest, UnpackedSizeIsBounded) {
  const std::string packed = Gzip(std::string(kUnpackedRatioFreeBytes, 'a'));
  UploadedFile file = Cut(packed, 1'000);
  size_t budget = kUnpackedRatioFreeBytes;
  EXPECT_TRUE(DecodeFile(file, TextEncoding::kUtf8, budget, kChunk).ok());
  EXPECT_EQ(budget, 0u);
  EXPECT_EQ(Joined(file).size(), kUnpackedRatioFreeBytes);

  file = Cut(packed, 1'000);
  budget = kUnpackedRatioFreeBytes - 1;
  EXPECT_EQ(ReasonOf(DecodeFile(file, TextEncoding::kUtf8, budget, kChunk)), "UNPACKED_TOO_LARGE");
  // One byte more than small files may have: the ratio counts.
  file = Cut(Gzip(std::string(kUnpackedRatioFreeBytes + 1, 'a')), 1'000);
  budget = kMaxUnpackedBytes;
  EXPECT_EQ(ReasonOf(DecodeFile(file, TextEncoding::kUtf8, budget, kChunk)), "UNPACKED_TOO_LARGE");
}

TEST(FileDecoderTest, Encodings) {
  EXPECT_EQ(Decoded(std::string("\xFF\xFE"
                                "a\0\xE9\0\x3D\xD8\x00\xDE\n\0",
                                12)),
            "\xEF\xBB\xBF"
            "aé😀\n");
  EXPECT_EQ(Decoded(std::string("\xFE\xFF\0a\0\xE9", 6)),
            "\xEF\xBB\xBF"
            "aé");
  EXPECT_EQ(Decoded(std::string("a\0,\0", 4), TextEncoding::kUtf16), "a,");
  EXPECT_EQ(Decoded("Jos\xE9 \x80\n", TextEncoding::kWindows1252), "José €\n");
  EXPECT_EQ(Decoded("Jos\xE9\n", TextEncoding::kIso88591), "José\n");
  EXPECT_EQ(Decoded("Jos\xE9\n"), "Jos\xE9\n");
  // A byte order mark counts more than the profile.
  EXPECT_EQ(Decoded("\xEF\xBB\xBFJosé", TextEncoding::kWindows1252), "\xEF\xBB\xBFJosé");
  EXPECT_EQ(Decoded(Gzip("Jos\xE9"), TextEncoding::kIso88591), "José");
}

TEST(FileDecoderTest, WhatIsNoTextSpoilsItsRowOnly) {
  // A lone surrogate, and half a character at the end.
  EXPECT_EQ(Decoded(std::string("\xFF\xFE\x00\xDC\n\0b\0c", 9)), "\xEF\xBB\xBF\xFF\nb\xFF");
  EXPECT_EQ(Decoded("a\x81"
                    "b\nc",
                    TextEncoding::kWindows1252),
            "a\xFF"
            "b\nc");
}

}  // namespace
}  // namespace quotacast::ingestion
