// A CUDA driver and an NVRTC for the tests: it compiles kernels for the CPU with g++ and runs them there, and refuses what it is told to.
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <dlfcn.h>
#include <filesystem>
#include <fstream>
#include <mutex>
#include <sstream>
#include <string>
#include <unistd.h>
#include <vector>

namespace
{
    const int INVALID_CONTEXT = 201, COMPILATION = 6;
    char refused[64];
    int code;
    int launches[4];
    void* context;
    int primary;
    std::mutex launching;

    struct Program
    {
        std::string folder, name, log, image;
    };

    struct Function
    {
        void (*kernel)(const void*);
        void (*emulate)(void (*)(const void*), const void*, int, int, int);
    };

    void write(const std::string& path, const std::string& text) { std::ofstream(path) << text; }

    std::string read(const std::string& path)
    {
        std::stringstream text;
        text << std::ifstream(path).rdbuf();
        return text.str();
    }

    int answer(const char* function) { return strcmp(refused, function) == 0 ? code : 0; }
}

extern "C"
{
    void fake_refuse(const char* function, int with)
    {
        strncpy(refused, function, sizeof refused - 1);
        code = with;
    }

    const int* fake_last_launch() { return launches; }

    int cuInit(unsigned) { return answer("cuInit"); }
    int cuGetErrorString(int, const char** text) { *text = "an invented error"; return 0; }
    int cuDeviceGetAttribute(int* value, int which, int)
    {
        *value = which == 75 ? (answer("capability") ? answer("capability") : 8) : 0;
        return answer("cuDeviceGetAttribute");
    }
    int cuDevicePrimaryCtxRetain(void** handle, int) { *handle = &primary; return answer("cuDevicePrimaryCtxRetain"); }
    int cuCtxGetCurrent(void** handle) { *handle = context; return 0; }
    int cuCtxPushCurrent_v2(void* handle) { context = handle; return 0; }
    int cuCtxPopCurrent_v2(void** handle) { *handle = context; context = nullptr; return 0; }

    int cuModuleLoadData(void** module, const void* image)
    {
        if (context != &primary)
            return INVALID_CONTEXT;
        *module = dlopen((const char*)image, RTLD_NOW | RTLD_LOCAL);
        std::filesystem::remove_all(std::filesystem::path((const char*)image).parent_path());
        return *module == nullptr ? 200 : answer("cuModuleLoadData");
    }

    int cuModuleGetFunction(void** function, void* module, const char* name)
    {
        auto* found = new Function();
        found->kernel = (void (*)(const void*))dlsym(module, name);
        found->emulate = (decltype(found->emulate))dlsym(module, "emulate");
        *function = found;
        return found->kernel == nullptr || found->emulate == nullptr ? 500 : 0;
    }

    int cuLaunchKernel(void* function, unsigned gx, unsigned gy, unsigned gz, unsigned bx, unsigned by, unsigned bz, unsigned shared,
                       void* stream, void** parameters, void** extra)
    {
        if (int result = answer("cuLaunchKernel"))
            return result;
        if (context != &primary)
            return INVALID_CONTEXT;
        if (gx == 0 || gy == 0 || gy > 65535 || gz != 1 || bx == 0 || bx > 1024 || bx % 32 != 0 || by != 1 || bz != 1 || shared != 0
            || stream || extra)
            return 1;
        std::lock_guard<std::mutex> lock(launching);
        launches[0] = gx, launches[1] = gy, launches[2] = bx, launches[3]++;
        ((Function*)function)->emulate(((Function*)function)->kernel, parameters[0], gx, gy, bx);
        return 0;
    }

    const char* nvrtcGetErrorString(int) { return "an invented error"; }
    int nvrtcGetNumSupportedArchs(int* count) { *count = 3; return 0; }
    int nvrtcGetSupportedArchs(int* all) { all[0] = 75, all[1] = 80, all[2] = 90; return 0; }

    int nvrtcCreateProgram(void** program, const char* source, const char* name, int count, const char** headers, const char** names)
    {
        if (int result = answer("nvrtcCreateProgram"))
            return result;
        char folder[] = "/tmp/classroomkd-kernel-XXXXXX";
        auto* made = new Program();
        made->folder = mkdtemp(folder);
        made->name = made->folder + "/" + name;
        write(made->name, source);
        for (int i = 0; i < count; i++)
            write(made->folder + "/" + names[i], strcmp(names[i], "device.cu") == 0 ? "#include \"" HOST_DEVICE "\"\n" : headers[i]);
        *program = made;
        return 0;
    }

    int nvrtcCompileProgram(void* handle, int count, const char** options)
    {
        auto* program = (Program*)handle;
        std::string command = "g++ -x c++ -O1 -mfma -ffp-contract=fast -shared -fPIC -w", architecture;
        for (int i = 0; i < count; i++)
        {
            if (strncmp(options[i], "--gpu-architecture=", 19) == 0)
                architecture = options[i] + 19;
            else
                command += std::string(" ") + (strcmp(options[i], "--std=c++17") == 0 ? "-std=c++17" : options[i]);
        }

        program->image = program->folder + "/kernel.so";
        command += " -o " + program->image + " " + program->name + " 2> " + program->folder + "/log";
        const bool failed = architecture != "sm_80" || answer("nvrtcCompileProgram") || system(command.c_str()) != 0;
        if (failed)
            program->image.clear();
        program->log = failed ? architecture + ": " + read(program->folder + "/log") : "";
        return failed ? COMPILATION : 0;
    }

    int nvrtcGetProgramLogSize(void* program, size_t* size) { *size = ((Program*)program)->log.size() + 1; return 0; }
    int nvrtcGetProgramLog(void* program, char* log) { strcpy(log, ((Program*)program)->log.c_str()); return 0; }
    int nvrtcGetCUBINSize(void* program, size_t* size) { *size = ((Program*)program)->image.size() + 1; return 0; }
    int nvrtcGetCUBIN(void* program, char* image) { strcpy(image, ((Program*)program)->image.c_str()); return 0; }
    int nvrtcDestroyProgram(void** handle)
    {
        auto* program = (Program*)*handle;
        if (program->image.empty())
            std::filesystem::remove_all(program->folder);
        delete program;
        return 0;
    }
}
