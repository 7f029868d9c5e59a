def surroundings(request):
    return {}
