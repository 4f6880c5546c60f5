// flags: -static
int main(void) { return 0; }
