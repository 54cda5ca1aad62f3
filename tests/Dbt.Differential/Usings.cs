global using Dbt.Decoding;
global using Dbt.Translator.Guests.Arm64;
