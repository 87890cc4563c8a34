// The custom calls of xla.cc for the XLA inside TensorFlow, which has no function of
// Python that registers them.
#include <algorithm>
#include <cstring>
#include <string>

#include "xla/ffi/api/c_api.h"

extern "C" {
XLA_FFI_Error* keras_gated_xla_forward(XLA_FFI_CallFrame* frame);
XLA_FFI_Error* keras_gated_xla_backward(XLA_FFI_CallFrame* frame);
}

namespace {

bool asks_for_metadata(const XLA_FFI_CallFrame& frame) {
  return frame.extension_start &&
         frame.extension_start->type == XLA_FFI_Extension_Metadata;
}

// What XLA's own headers would answer, but for the last field of the answer, which
// jaxlib 0.8 has and TensorFlow 2.20 has not, though both call their interface 0.1: they
// would write behind the struct. The field is about handlers with a state.
void answer(const XLA_FFI_CallFrame& frame) {
  XLA_FFI_Metadata& metadata =
      *reinterpret_cast<XLA_FFI_Metadata_Extension*>(frame.extension_start)->metadata;
  metadata.api_version = {XLA_FFI_Api_Version_STRUCT_SIZE, nullptr, XLA_FFI_API_MAJOR,
                          XLA_FFI_API_MINOR};
  metadata.traits = 0;
}

template <XLA_FFI_Handler* handler>
XLA_FFI_Error* guarded(XLA_FFI_CallFrame* frame) {
  if (!asks_for_metadata(*frame)) return handler(frame);
  answer(*frame);
  return nullptr;
}

// An empty text, or why XLA refuses the handler.
std::string refusal(const XLA_FFI_Api& api, const char* name,
                    XLA_FFI_Handler* handler) {
  XLA_FFI_Handler_Register_Args call{};
  call.struct_size = XLA_FFI_Handler_Register_Args_STRUCT_SIZE;
  call.name = {name, std::strlen(name)};
  call.platform = {"Host", 4};
  call.bundle.execute = handler;
  XLA_FFI_Error* error = api.XLA_FFI_Handler_Register(&call);
  if (!error) return "";
  XLA_FFI_Error_GetMessage_Args told{};
  told.struct_size = XLA_FFI_Error_GetMessage_Args_STRUCT_SIZE;
  told.error = error;
  api.XLA_FFI_Error_GetMessage(&told);
  const std::string message = told.message;
  XLA_FFI_Error_Destroy_Args gone{};
  gone.struct_size = XLA_FFI_Error_Destroy_Args_STRUCT_SIZE;
  gone.error = error;
  api.XLA_FFI_Error_Destroy(&gone);
  return message;
}

}  // namespace

// Registers both loops with the XLA whose interface this is. 0; or 1 and why it refuses
// them in `message`, which has room for so many bytes.
extern "C" __attribute__((visibility("default"))) int keras_gated_xla_register(
    const XLA_FFI_Api* api, char* message, std::int64_t room) {
  std::string why;
  if (api->struct_size < XLA_FFI_Api_STRUCT_SIZE) {
    why = "its interface lacks functions that the loops were built with";
  }
  if (why.empty()) {
    why = refusal(*api, "keras_gated_forward", guarded<keras_gated_xla_forward>);
  }
  if (why.empty()) {
    why = refusal(*api, "keras_gated_backward", guarded<keras_gated_xla_backward>);
  }
  if (room > 0) {
    const auto length = std::min<std::size_t>(why.size(), room - 1);
    std::copy_n(why.begin(), length, message);
    message[length] = 0;
  }
  return !why.empty();
}
